#!/usr/bin/env bash
# aiohttp 3.14.5: a DELETE whose connection closes before the answer is sent a second time by the client itself. The
# program sees one success; the server has received two DELETEs, and may have carried out the first.
#
# It happens on kept-alive connections only, for every method that HTTP calls idempotent, and no public option turns it
# off. Where the second one answers 404, a delete that worked looks like one that failed.
#
# What to do: a new connection for writes (the header Connection: close), or ask before sending again.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet aiohttp==3.14.5
venv/bin/python > seen.txt <<'PYTHON'
import asyncio
import aiohttp

received = []


async def serve(reader, writer):
    """Answers every request, but hangs up on the first DELETE after it has read it."""
    while line := await reader.readline():
        head = line
        while (await reader.readline()).strip():
            pass
        method = head.split()[0].decode()
        received.append(method)
        if received.count("DELETE") == 1 and method == "DELETE":
            break
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/contacts/1"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            await response.read()
        async with session.delete(url) as response:
            print("the program made one DELETE and sees", response.status)
    print("the server received", received.count("DELETE"))
    server.close()


asyncio.run(main())
PYTHON
cat seen.txt
diff seen.txt - <<'SEEN' && echo "as described"
the program made one DELETE and sees 200
the server received 2
SEEN
