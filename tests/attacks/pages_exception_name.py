# family: pages
# tries: a script in the name, text and source line of an exception
# stock: yes
# fails: script
Evil = type("<script>ATTACK()</script>", (Exception,), {})


def double(x):
    raise Evil("<img src=x onerror=ATTACK()> [x](javascript:ATTACK())")


try:
    double(1)
except Evil:
    pass
