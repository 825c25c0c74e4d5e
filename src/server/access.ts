import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Only for the person who has the printed URL, and only under a loopback name (no DNS rebinding). */
export function guard(token: string): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const url = new URL(c.req.url);
    const host = LOOPBACK.exec(c.req.header("host") ?? url.host);
    if (host === null) return c.json({ error: "Cannot answer for this host name: use 127.0.0.1" }, 403);
    // A cookie belongs to a host, not to a port: two dashboards must not share one.
    const cookie = `agentsight_${host[1] ?? "80"}`;
    const given = c.req.query("token");
    if (url.pathname === "/" && given !== undefined) {
      if (!same(given, token)) return c.json({ error: "Cannot open the dashboard: wrong token" }, 401);
      setCookie(c, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return c.redirect("/");
    }
    const bearer = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (!same(bearer ?? getCookie(c, cookie) ?? "", token)) {
      return c.json(
        { error: "Cannot answer without the token: open the URL that agentsight printed in the terminal" },
        401,
      );
    }
    return await next();
  };
}

function same(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
