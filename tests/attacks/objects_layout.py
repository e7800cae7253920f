# family: objects
# tries: arrays of every strange layout: 64 axes, no axes, negative steps, read-only, byte-swapped, half and long floats
# stock: yes
def double(x):
    kinds = (">f8", "<f2", "g", "?", "<u8", ">c16")
    arrays = [np.zeros((1,) * 32), np.float16(1), np.arange(6)[::-2], np.broadcast_to(np.zeros(1), (3, 9))]
    return [*arrays[:3], *(np.ones(3, kind) for kind in kinds), arrays[3]]
