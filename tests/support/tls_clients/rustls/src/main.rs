//! usage: client_rustls URL CA COUNT CONCURRENCY
//!
//! rustls over ring, a thread for each connection. Stripped by its profile.
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

const SIZES: [usize; 10] = [1, 100, 1023, 8192, 16383, 16384, 16385, 65537, 262144, 1048577];
const LAST_SIZE: usize = 4 << 20;

type Connection = BufReader<StreamOwned<ClientConnection, TcpStream>>;

fn body(i: usize, count: usize) -> Vec<u8> {
    let size = if i == count - 1 { LAST_SIZE } else { SIZES[i % SIZES.len()] };
    (0..size).map(|j| (i * 131 + j * 31 + (j >> 8) * 7 + (j >> 16)) as u8).collect()
}

fn line(connection: &mut Connection) -> String {
    let mut line = String::new();
    connection.read_line(&mut line).expect("read a line");
    line.trim_end().to_lowercase()
}

fn read_exact(connection: &mut Connection, size: usize, to: &mut Vec<u8>) {
    let start = to.len();
    to.resize(start + size, 0);
    connection.read_exact(&mut to[start..]).expect("read a body");
}

fn answer(connection: &mut Connection) -> Vec<u8> {
    let (mut length, mut chunked, mut got) = (0, false, Vec::new());
    assert!(line(connection).contains(" 200"));
    loop {
        let field = line(connection);
        if field.is_empty() {
            break;
        }
        if let Some(value) = field.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        chunked |= field.starts_with("transfer-encoding:") && field.ends_with("chunked");
    }
    if !chunked {
        read_exact(connection, length, &mut got);
        return got;
    }
    loop {
        let size = usize::from_str_radix(&line(connection), 16).expect("a chunk's size");
        read_exact(connection, size, &mut got);
        line(connection);
        if size == 0 {
            return got;
        }
    }
}

fn work(config: Arc<ClientConfig>, authority: String, which: usize, count: usize, concurrency: usize) {
    let host = authority.rsplit_once(':').expect("a port").0;
    // A certificate for an address needs a newer rustls than Debian's.
    let name = if host == "127.0.0.1" { "localhost" } else { host };
    let tls = ClientConnection::new(config, name.try_into().expect("a name")).expect("a connection");
    let socket = TcpStream::connect(&authority).expect("connect");
    let mut connection = BufReader::new(StreamOwned::new(tls, socket));
    for i in (which..count).step_by(concurrency) {
        let body = body(i, count);
        let head = format!("POST /echo/{i} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {}\r\n\r\n", body.len());
        connection.get_mut().write_all(head.as_bytes()).expect("write");
        connection.get_mut().write_all(&body).expect("write");
        connection.get_mut().flush().expect("flush");
        assert!(answer(&mut connection) == body, "request {i} came back otherwise");
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let authority = arguments[1].trim_start_matches("https://").trim_end_matches('/').to_string();
    let pem = std::fs::read(&arguments[2]).expect("read the authority's certificate");
    let (count, concurrency): (usize, usize) = (arguments[3].parse().unwrap(), arguments[4].parse().unwrap());
    let mut roots = RootCertStore::empty();
    for certificate in rustls_pemfile::certs(&mut &pem[..]).expect("certificates") {
        roots.add(&rustls::Certificate(certificate)).expect("a certificate");
    }
    let config = ClientConfig::builder().with_safe_defaults().with_root_certificates(roots).with_no_client_auth();
    let config = Arc::new(config);
    let threads: Vec<_> = (0..concurrency)
        .map(|which| {
            let (config, authority) = (config.clone(), authority.clone());
            std::thread::spawn(move || work(config, authority, which, count, concurrency))
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread failed");
    }
    println!("ok {count}");
}
