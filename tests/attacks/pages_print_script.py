# family: pages
# tries: scripts in printed text, in colours, and across two writes
# stock: yes
import sys


def double(x):
    return None


print("<script>ATTACK()</script>")
print("\x1b[31m<img src=x onerror=ATTACK()>\x1b[0m \x1b]8;;javascript:ATTACK()\x07x\x1b]8;;\x07")
sys.stderr.write("<scr")
sys.stderr.write("ipt>ATTACK()</script>")
