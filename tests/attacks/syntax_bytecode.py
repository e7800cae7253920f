# family: syntax
# tries: a function whose bytecode jumps past its end into other memory
# stock: no, it crashes the kernel and the batch waits for it
def double(x):
    return None


double.__code__ = double.__code__.replace(co_code=bytes([0x53, 0x00, 0x6E, 0xFF] * 4), co_stacksize=1000)
