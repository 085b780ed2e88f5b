"""The least that is a native messaging host: sends each message back."""

import json
import struct
import sys

while len(header := sys.stdin.buffer.read(4)) == 4:
    message = json.loads(sys.stdin.buffer.read(struct.unpack("=I", header)[0]))
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(struct.pack("=I", len(body)) + body)
    sys.stdout.buffer.flush()
