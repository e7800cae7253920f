# family: pages
# tries: half characters, which no file can hold, in messages, names, sources and output
# stock: yes
# fails: Half
class Half(Exception):
    pass


def double(x):
    raise Half("\ud800 \0 \udfff")


print("\ud800 \0 \udfff")
raise Half("\ud800 \0 \udfff")
