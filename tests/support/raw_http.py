"""Connections on which a test can send what no client library would send."""

from __future__ import annotations

import socket

import httpx2


def connect(url: httpx2.URL | str) -> socket.socket:
    address = httpx2.URL(url)
    return socket.create_connection((address.host, address.port), timeout=20)


def answer_to(url: httpx2.URL | str, sent: bytes) -> httpx2.Response:
    """Send these bytes, and return the answer. The server must close the connection after it."""
    with connect(url) as connection:
        connection.sendall(sent)
        return read_to_end(connection)


def read_to_end(connection: socket.socket) -> httpx2.Response:
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    name_and_value = [line.split(": ", 1) for line in lines]
    headers = [(name, value) for name, value in name_and_value]
    return httpx2.Response(int(status.split()[1]), headers=headers, content=body)
