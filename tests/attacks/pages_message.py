# family: pages
# tries: a script in the value that the check's message quotes
# stock: yes
def double(x):
    return ["<script>ATTACK()</script>", "[x](javascript:ATTACK())", "\n# <img src=x onerror=ATTACK()>\n\n<b>"]
