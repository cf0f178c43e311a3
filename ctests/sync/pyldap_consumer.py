#!/usr/bin/python3
"""pyldap_consumer.py - python-ldap's SyncreplConsumer against the provider under test.

  PROVIDER_URI   the provider
  BASE           default dc=example,dc=com     BINDDN, BINDPW  default cn=admin,BASE and secret
  PROVIDER_RESTART  a command that restarts the provider on the same data (optional)

It changes entries under ou=pysync,BASE and prints what the consumer's mirror goes through: + a new
entry, ~ changed attributes, > renamed, - gone.  During a refresh the lines are sorted, for no order
is promised.  The net effect is printed, whichever of present and delete phase the provider chose.
Lines that begin with "weak" need not be the same for another provider.
"""
import os, subprocess, sys, time
import ldap
from ldap.ldapobject import SimpleLDAPObject
from ldap.syncrepl import SyncreplConsumer, SyncRequestControl
from ldap.controls.simple import ManageDSAITControl

BASE = os.environ.get("BASE", "dc=example,dc=com")
BINDDN = os.environ.get("BINDDN", "cn=admin," + BASE)
BINDPW = os.environ.get("BINDPW", "secret")
QUIET = float(os.environ.get("QUIET", "1.0"))  # how long no message means that all have come
TOP = "ou=pysync," + BASE

def say(*a):
    print(*a)
    sys.stdout.flush()

def norm(dn):
    return ",".join(x.strip() for x in dn.lower().split(","))

class Mirror(SimpleLDAPObject, SyncreplConsumer):
    def __init__(self, uri, base=TOP, scope=ldap.SCOPE_SUBTREE, flt="(objectClass=*)", attrs=None, state=None):
        SimpleLDAPObject.__init__(self, uri)
        self.simple_bind_s(BINDDN, BINDPW)
        self.what = (base, scope, flt, attrs)
        self.store, self.cookie = state if state else ({}, None)
        self.lines, self.present, self.refreshing = [], set(), True
        self.cookies = 0

    # what SyncreplConsumer calls
    def syncrepl_get_cookie(self): return self.cookie
    def syncrepl_set_cookie(self, c):
        self.cookie = c
        self.cookies += 1
    def syncrepl_refreshdone(self):
        self.flush()
        self.refreshing = False
        self.lines.append("refresh done")
    def syncrepl_entry(self, dn, attrs, uuid):
        attrs = {k: sorted(v) for k, v in attrs.items()}
        old = self.store.get(uuid)
        self.store[uuid] = (dn, attrs)
        if old is None:
            self.lines.append("+ " + dn)
        else:
            if norm(old[0]) != norm(dn):
                self.lines.append("> %s to %s" % (old[0], dn))
            vis = lambda a: {k: v for k, v in a.items() if k.lower() not in ("entrycsn", "modifytimestamp", "contextcsn")}
            if vis(old[1]) != vis(attrs):
                self.lines.append("~ %s %s" % (dn, ",".join(sorted(k for k in set(old[1]) | set(attrs) if old[1].get(k) != attrs.get(k)
                                                                   and k.lower() not in ("entrycsn", "modifytimestamp", "contextcsn")))))
    def syncrepl_delete(self, uuids):
        for u in uuids:
            if u in self.store: # a provider may name entries the consumer never had
                self.lines.append("- " + self.store.pop(u)[0])
    def syncrepl_present(self, uuids, refreshDeletes=False):
        if uuids is not None:
            self.present.update(uuids)
        else:
            if not refreshDeletes:
                self.syncrepl_delete([u for u in self.store if u not in self.present])
            self.present = set()

    def flush(self):
        for l in sorted(self.lines) if self.refreshing else self.lines:
            say("  " + l)
        self.lines = []

    def begin(self, mode, controls=()):
        base, scope, flt, attrs = self.what
        self.msgid = self.syncrepl_search(base, scope, mode=mode, filterstr=flt, attrlist=attrs, serverctrls=list(controls))

    def refresh(self, controls=()):
        self.begin("refreshOnly", controls)
        while self.syncrepl_poll(msgid=self.msgid, timeout=10, all=1):
            pass
        self.flush()
        say("  %d entries, cookie %s" % (len(self.store), "yes" if self.cookie else "no"))

    def collect(self):
        """poll until nothing has come for a while"""
        end = time.time() + QUIET
        while time.time() < end:
            try:
                self.syncrepl_poll(msgid=self.msgid, timeout=0.1, all=0)
                end = time.time() + QUIET
            except ldap.TIMEOUT:
                pass

    def settle(self):
        self.collect()
        self.flush()

def attempt(what, f):
    try:
        f()
    except ldap.LDAPError as e:
        say("  %s: %s" % (what, type(e).__name__))

uri = os.environ["PROVIDER_URI"]
w = ldap.initialize(uri)
w.simple_bind_s(BINDDN, BINDPW)

def enc(v):
    return [x if isinstance(x, bytes) else x.encode() for x in (v if isinstance(v, list) else [v])]
def add(dn, **a): w.add_s(dn, [(k, enc(v)) for k, v in a.items()])
def person(uid, where=TOP, **more): add(f"uid={uid},{where}", objectClass="inetOrgPerson", uid=uid, cn=f"P {uid}", sn="S", **more)
def mod(dn, attr, value): w.modify_s(dn, [(ldap.MOD_REPLACE, attr, None if value is None else enc(value))])
def equal(m, name):
    base, scope, flt, attrs = m.what
    try:
        there = {norm(dn) for dn, _ in w.search_s(base, scope, flt, ["1.1"]) if dn}
    except ldap.NO_SUCH_OBJECT:
        there = set()
    here_ = {norm(dn) for dn, _ in m.store.values()}
    say("  %s %s" % (name, "equals the directory" if there == here_ else "DIFFERS: missing %s, too many %s" % (sorted(there - here_), sorted(here_ - there))))

try:
    try:
        for dn, _ in sorted(w.search_s(TOP, ldap.SCOPE_SUBTREE, attrlist=["1.1"]), key=lambda x: -len(x[0])):
            w.delete_s(dn)
    except ldap.NO_SUCH_OBJECT:
        pass
    add(TOP, objectClass="organizationalUnit", ou="pysync")
    for u in "abc":
        person(u)

    say("refreshOnly, first time")
    m = Mirror(uri)
    m.refresh()
    state = (m.store, m.cookie)
    say("refreshOnly, nothing has changed")
    m = Mirror(uri, state=state)
    m.refresh()
    say("refreshOnly, after an add, a change, a rename and a delete")
    person("d", description=["x", "y"])
    mod(f"uid=a,{TOP}", "title", "T")
    w.rename_s(f"uid=b,{TOP}", "uid=bb", delold=1)
    w.delete_s(f"uid=c,{TOP}")
    m = Mirror(uri, state=(m.store, m.cookie))
    m.refresh()
    equal(m, "mirror")
    say("refreshOnly, an entry came and went, another was renamed twice")
    person("e")
    w.delete_s(f"uid=e,{TOP}")
    w.rename_s(f"uid=bb,{TOP}", "uid=b2", delold=1)
    w.rename_s(f"uid=b2,{TOP}", "uid=b", delold=1)
    m = Mirror(uri, state=(m.store, m.cookie))
    m.refresh()
    equal(m, "mirror")
    say("refreshOnly with a deleted and re-created entry of the same name")
    w.delete_s(f"uid=d,{TOP}")
    person("d")
    m = Mirror(uri, state=(m.store, m.cookie))
    m.refresh()
    equal(m, "mirror")
    say("refreshOnly with a filter, entries come and go by changes")
    f = Mirror(uri, flt="(title=*)")
    f.refresh()
    mod(f"uid=a,{TOP}", "title", None)
    mod(f"uid=b,{TOP}", "title", "now")
    f = Mirror(uri, flt="(title=*)", state=(f.store, f.cookie))
    f.refresh()
    equal(f, "mirror")

    say("refreshAndPersist, from the cookie of a refreshOnly")
    person("g")
    p = Mirror(uri, state=(m.store, m.cookie))
    p.begin("refreshAndPersist")
    p.settle()
    say("add")
    person("h")
    p.settle()
    say("change twice")
    mod(f"uid=h,{TOP}", "sn", "one")
    mod(f"uid=h,{TOP}", "sn", "two")
    p.settle()
    say("rename, move")
    w.rename_s(f"uid=h,{TOP}", "uid=h2", delold=1)
    add(f"ou=sub,{TOP}", objectClass="organizationalUnit", ou="sub")
    w.rename_s(f"uid=h2,{TOP}", "uid=h2", f"ou=sub,{TOP}", 1)
    p.settle()
    say("delete")
    w.delete_s(f"uid=h2,ou=sub,{TOP}")
    p.settle()
    say("a change outside the base: no entry, perhaps a cookie")
    n = p.cookies
    mod(BASE, "description", "outside")
    p.settle()
    say("  weak: new cookie", "yes" if p.cookies > n else "no")
    mod(BASE, "description", None)
    say("two more watchers: a filter, one level with one attribute")
    q1 = Mirror(uri, flt="(title=*)", attrs=["title"])
    q1.begin("refreshAndPersist")
    q1.settle()
    q2 = Mirror(uri, scope=ldap.SCOPE_ONELEVEL, attrs=["uid"])
    q2.begin("refreshAndPersist")
    q2.settle()
    say("an entry comes to match, changes, matches no longer")
    mod(f"uid=g,{TOP}", "title", "in")
    mod(f"uid=g,{TOP}", "title", "still in")
    mod(f"uid=g,{TOP}", "title", None)
    q1.settle()
    say("what the other two saw of it")
    p.settle()
    q2.settle()
    say("an entry leaves the scope of one of them")
    w.rename_s(f"uid=g,{TOP}", "uid=g", f"ou=sub,{TOP}", 1)
    q2.settle()
    p.settle()
    say("fifty changes in a row")
    for i in range(50):
        person(f"z{i}")
    for i in range(50):
        w.delete_s(f"uid=z{i},{TOP}")
    p.lines = []
    p.collect()
    say("  %d +, %d -" % (sum(l[0] == "+" for l in p.lines), sum(l[0] == "-" for l in p.lines)))
    p.lines = []
    equal(p, "mirror")
    equal(q2, "one level mirror")
    say("cancel")
    attempt("cancel", lambda: p.cancel_s(p.msgid))
    def drain():
        for _ in range(100):
            if not p.syncrepl_poll(msgid=p.msgid, timeout=2, all=0):
                return
    attempt("poll", drain)
    say("abandon, then the connection is still good")
    q1.abandon(q1.msgid)
    say("  " + str(q1.whoami_s()).lower().replace(" ", ""))
    say("resume with the cookie of the cancelled search")
    w.delete_s(f"uid=g,ou=sub,{TOP}")
    person("k")
    p = Mirror(uri, state=(p.store, p.cookie))
    p.begin("refreshAndPersist")
    p.settle()
    equal(p, "mirror")
    if "PROVIDER_RESTART" in os.environ:
        say("resume over a restart of the provider")
        state = (p.store, p.cookie)
        p.unbind_s()
        w.delete_s(f"uid=k,{TOP}")
        subprocess.run(["sh", "-c", os.environ["PROVIDER_RESTART"]], check=True, stdout=subprocess.DEVNULL)
        w = ldap.initialize(uri)
        w.simple_bind_s(BINDDN, BINDPW)
        person("l")
        p = Mirror(uri, state=state)
        p.refresh()
        equal(p, "mirror")
    else:
        say("resume over a restart of the provider: skipped")
    say("a cookie that is no cookie: all content, or a refusal")
    x = Mirror(uri, state=({}, "nonsense"))
    try:
        x.begin("refreshOnly")
        while x.syncrepl_poll(msgid=x.msgid, timeout=10, all=1):
            pass
        say("  weak: content sent,", "all" if len(x.store) == len(p.store) else "some")
    except ldap.LDAPError as e:
        say("  weak: refused,", type(e).__name__)
    say("referral objects, with and without ManageDsaIT")
    w.set_option(ldap.OPT_SERVER_CONTROLS, [ManageDSAITControl(True)])
    add(f"ou=ref,{TOP}", objectClass=["referral", "extensibleObject"], ou="ref", ref="ldap://other.example.com/dc=x")
    w.set_option(ldap.OPT_SERVER_CONTROLS, [])
    r = Mirror(uri, flt="(objectClass=referral)")
    r.refresh([ManageDSAITControl(True)])
    r = Mirror(uri, flt="(ou=ref)")
    r.refresh()
    w.set_option(ldap.OPT_SERVER_CONTROLS, [ManageDSAITControl(True)])
    w.delete_s(f"ou=ref,{TOP}")
    w.set_option(ldap.OPT_SERVER_CONTROLS, [])
    say("what cannot be")
    b = Mirror(uri, base="ou=nowhere," + BASE)
    attempt("base not there", b.refresh)
    b = Mirror(uri)
    def paged():
        b.begin("refreshOnly", [ldap.controls.SimplePagedResultsControl(True, size=5, cookie="")])
        b.syncrepl_poll(msgid=b.msgid, timeout=5, all=1)
    attempt("with paged results", paged)
    say("the base goes away under a watcher")
    t = Mirror(uri, base=f"ou=sub,{TOP}")
    t.begin("refreshAndPersist")
    t.settle()
    w.delete_s(f"ou=sub,{TOP}")
    person("m")
    def gone():
        for _ in range(20):
            t.syncrepl_poll(msgid=t.msgid, timeout=1, all=0)
    try:
        gone()
    except ldap.LDAPError as e:
        t.flush()
        say("  weak: then", type(e).__name__, (e.args[0].get("result") if e.args and isinstance(e.args[0], dict) else ""))
    say("rename of an entry with children, to a watcher")
    add(f"ou=tree,{TOP}", objectClass="organizationalUnit", ou="tree")
    person("leaf", f"ou=tree,{TOP}")
    v = Mirror(uri)
    v.begin("refreshAndPersist")
    v.refreshing = False
    v.collect()
    v.lines = []
    w.rename_s(f"ou=tree,{TOP}", "ou=wood", delold=1)
    v.collect()
    say("  the entry itself:", "told" if any(l.startswith("> ou=tree") for l in v.lines) else "not told")
    say("  weak: its child:", "told" if any("leaf" in l for l in v.lines) else "not told")
finally:
    try:
        for dn, _ in sorted(w.search_s(TOP, ldap.SCOPE_SUBTREE, attrlist=["1.1"]), key=lambda x: -len(x[0])):
            w.delete_s(dn)
    except ldap.LDAPError:
        pass
