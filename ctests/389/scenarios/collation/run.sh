#!/bin/sh
# The collation rules of languages, as extensible filters.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
DE=2.16.840.1.113730.3.3.2.7.1 EN=2.16.840.1.113730.3.3.2.11.1 FR=2.16.840.1.113730.3.3.2.18.1 ES=2.16.840.1.113730.3.3.2.15.1

step "equality: German, by OID and by tag"
names "$P" sub "(sn:$DE:=muller)"
names "$P" sub "(sn:$DE.3:=muller)"
names "$P" sub "(sn:de:=apfel)"
names "$P" sub "(sn:de.3:=Äpfel)"

step "order: less, less or equal, greater or equal, greater"
names "$P" sub "(sn:$DE.1:=Muller)"
names "$P" sub "(sn:$DE.2:=Muller)"
names "$P" sub "(sn:$DE.4:=Muller)"
names "$P" sub "(sn:$DE.5:=Muller)"

step "substrings"
names "$P" sub "(sn:$DE.6:=m*r)"
names "$P" sub "(sn:$EN.6:=*pf*)"
names "$P" sub "(sn:$FR.6:=cot*)"

step "French and Spanish"
names "$P" sub "(sn:$FR:=cote)"
names "$P" sub "(sn:fr:=côté)"
names "$P" sub "(sn:$FR.1:=côte)"
names "$P" sub "(sn:$ES.1:=o)"
names "$P" sub "(sn:$ES:=nandu)"

step "with other filters"
names "$P" sub "(&(sn:$DE:=muller)(uid=c1))"
names "$P" sub "(!(sn:$DE.1:=Muller))"

step "a language that there is none of"
names "$P" sub "(sn:2.16.840.1.113730.3.3.2.99.1:=x)"
