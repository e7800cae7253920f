# family: pages
# tries: scripts in markdown: tags, links, images, mathematics, and their spellings
# stock: yes
def double(x):
    return None
# %% markdown
# <script>ATTACK()</script> <img src=x onerror=ATTACK()> <svg/onload=ATTACK()>
# [x](javascript:ATTACK()) [y](JaVaScRiPt:ATTACK()) [z](&#106;avascript:ATTACK()) <javascript:ATTACK()>
# [u](data:text/html,<script>ATTACK()</script>) ![i](x" onerror="ATTACK()) [v](java	script:ATTACK())
# $\href{javascript:ATTACK()}{x}$ `<script>ATTACK()</script>`
# <a href="java&Tab;script:ATTACK()">x</a> <iframe srcdoc="<script>ATTACK()</script>"></iframe>
# [r]
#
# [r]: javascript:ATTACK()
# %% cell explain
Words <script>ATTACK()</script> and [x](javascript:ATTACK()) and <style>body { display: none }</style>
