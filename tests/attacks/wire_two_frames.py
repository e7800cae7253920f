# family: wire
# tries: two replies in one breath, for whoever reads only the first
# stock: no, it has no such wire
import wire


class Twice:
    def __init__(self, channel):
        self.channel = channel

    def __getattr__(self, name):
        return getattr(self.channel, name)

    def send(self, data, *flags):
        data = bytes(data)
        self.channel.send(data + data, *flags)
        return len(data)


send = wire.send
wire.send = lambda channel, *args: send(Twice(channel), *args)


def double(x):
    return None
