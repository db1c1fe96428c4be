"""A mail server that takes everything and keeps nothing, for measuring; and a long line in front of one.

    python bench/send_sink.py 2525                      on 127.0.0.1, offers PIPELINING
    python bench/send_sink.py 2526 --of 2525 --milliseconds 30     hands octets on, half the time later each way

Prints how many messages came when it is told to end (SIGTERM).
"""

import argparse
import asyncio
import signal

taken = 0


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection; answers to what came in one packet leave in one."""
    global taken
    writer.write(b"220 sink ESMTP\r\n")
    try:
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                writer.write(b"250-sink\r\n250-PIPELINING\r\n250-SIZE 33554432\r\n250 8BITMIME\r\n")
            elif word == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                taken += 1
                writer.write(b"250 2.0.0 ok\r\n")
            elif word == b"QUIT":
                writer.write(b"221 2.0.0 bye\r\n")
                break
            else:
                writer.write(b"250 2.1.0 ok\r\n")
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    writer.close()


async def delay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, seconds: float
) -> None:
    """Hand octets on both ways, each a while after they came, as many as come."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    loop = asyncio.get_running_loop()

    async def hand_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(262_144):
                loop.call_later(seconds, target.write, data)
        except ConnectionError:
            pass
        loop.call_later(seconds, target.close)

    await asyncio.gather(hand_on(reader, far_writer), hand_on(far_reader, writer))


async def run(port: int, of: int, seconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (delay(reader, writer, of, seconds) if of else serve(reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=1 << 20, backlog=1024)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    server.close()
    print(taken)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("port", type=int)
    parser.add_argument("--of", type=int, default=0, metavar="PORT")
    parser.add_argument("--milliseconds", type=float, default=0.0)
    wanted = parser.parse_args()
    asyncio.run(run(wanted.port, wanted.of, wanted.milliseconds / 2000))


if __name__ == "__main__":
    main()
