/** Leaks as they happen: the command lines that agents run. */
import { exec, tool } from "./testdata/drafts.ts";
import { AWS, OPAQUE, OPENAI, PASSWORD, testLeaks } from "./testdata/leaks.ts";

testLeaks([
  ["curl -H", exec("curl", "-sH", `Authorization: Bearer ${OPAQUE}`, "https://h/v1"), OPAQUE, "https://h/v1"],
  [
    "curl --header=",
    exec("curl", `--header=X-Api-Key: ${PASSWORD}`, "https://h"),
    PASSWORD,
    "--header=X-Api-Key",
  ],
  ["curl -u", exec("curl", "-u", `bob:${PASSWORD}`, "https://h"), PASSWORD, "bob:"],
  ["curl --oauth2-bearer", exec("curl", "--oauth2-bearer", OPAQUE, "https://h"), OPAQUE, "--oauth2-bearer"],
  ["curl -b", exec("curl", "-b", `sid=${OPAQUE}; theme=dark`, "https://h"), OPAQUE, "https://h"],
  ["curl -d", exec("curl", "-d", `grant_type=password&user=bob&password=${PASSWORD}`), PASSWORD, "user=bob"],
  ["curl in bash -c", exec("bash", "-c", `curl -u bob:${PASSWORD} https://h && ls`), PASSWORD, "&& ls"],
  ["docker run -e", exec("docker", "run", "-e", `DB_PASSWORD=${PASSWORD}`, "img"), PASSWORD, "DB_PASSWORD="],
  ["docker run -eX", exec("docker", "run", `-eMY_TOKEN=${PASSWORD}`, "img"), PASSWORD, "img"],
  ["docker build", exec("docker", "build", "--build-arg", `NPM_TOKEN=${OPAQUE}`, "."), OPAQUE, "--build-arg"],
  ["docker login -p", exec("docker", "login", "-u", "bob", "-p", PASSWORD, "ghcr.io"), PASSWORD, "ghcr.io"],
  ["docker login in text", tool("docker login -u bob --password hunter2! ghcr.io"), PASSWORD, "ghcr.io"],
  ["mysql -p", exec("/usr/bin/mysql", "-uroot", `-p${PASSWORD}`, "db"), PASSWORD, "-uroot"],
  ["sshpass", exec("sshpass", "-p", PASSWORD, "ssh", "h"), PASSWORD, "ssh"],
  ["redis-cli -a", exec("redis-cli", "-a", PASSWORD, "ping"), PASSWORD, "ping"],
  ["psql URL", exec("psql", `postgresql://bob:${PASSWORD}@db:5432/app`), PASSWORD, "@db:5432/app"],
  ["aws configure set", exec("aws", "configure", "set", "aws_secret_access_key", AWS), AWS, "configure"],
  [
    "kubectl create secret",
    exec("kubectl", "create", "secret", "generic", "s", `--from-literal=password=${PASSWORD}`),
    PASSWORD,
    "--from-literal=password=",
  ],
  ["helm --set", exec("helm", "install", "--set", `auth.password=${PASSWORD}`), PASSWORD, "auth.password="],
  ["env", exec("env", `ANTHROPIC_API_KEY=${PASSWORD}`, "claude"), PASSWORD, "claude"],
  [
    "git clone",
    exec("git", "clone", `https://x-access-token:${OPAQUE}@github.com/o/r`),
    OPAQUE,
    "@github.com/o/r",
  ],
  [
    "git -c",
    exec("git", "-c", `http.extraheader=AUTHORIZATION: basic ${btoa("x:" + OPAQUE)}`, "fetch"),
    btoa("x:" + OPAQUE),
    "fetch",
  ],
  [
    "npm config",
    exec("npm", "config", "set", "//registry.npmjs.org/:_authToken", OPAQUE),
    OPAQUE,
    "_authToken",
  ],
  ["prompt in argv", exec("claude", "-p", `use the key ${OPENAI} please`), OPENAI, "please"],
  ["openssl pass:", exec("openssl", "rsa", "-passin", `pass:${PASSWORD}`), PASSWORD, "-passin"],
  ["vercel --token", exec("vercel", "deploy", "--token", OPAQUE), OPAQUE, "deploy"],
]);
