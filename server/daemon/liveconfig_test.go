package daemon

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// What clients change in cn=config (schema, overlays, access, a new database with
// an overlay) is there again after a restart, from the file of changes and from a
// folder alike.
func TestLiveConfigRestart(t *testing.T) {
	for _, folder := range []bool{false, true} {
		t.Run(map[bool]string{false: "changes", true: "folder"}[folder], func(t *testing.T) {
			dir, second := t.TempDir(), t.TempDir()
			path := accessConf(t, dir, []string{"dbnosync", "overlay refint", "refint_attributes member",
				"database config", "rootpw secret"})
			if status, _, errs := run(t, "", "slapadd", "-q", "-b", "dc=example,dc=com", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
				t.Fatal(errs)
			}
			d := ""
			if folder {
				d = filepath.Join(dir, "slapd.d")
				if err := os.Mkdir(d, 0o700); err != nil {
					t.Fatal(err)
				}
				if status, _, errs := run(t, "", "slaptest", "-f", path, "-F", d); status != 0 {
					t.Fatal(errs)
				}
				path = ""
			}
			start := func() (*Daemon, *ldap.Conn) {
				t.Helper()
				src, err := loadConfig(path, d, false)
				if err != nil {
					t.Fatal(err)
				}
				s, err := New(Options{Config: src.cfg, File: src.file, Whole: src.whole, URLs: []string{"ldap://127.0.0.1:0/"}, Debug: io.Discard})
				if err != nil {
					t.Fatal(err)
				}
				go s.Run()
				c, err := ldap.DialURL(strings.TrimSuffix(s.URLs()[0], "/"))
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Bind("cn=config", "secret"); err != nil {
					t.Fatal(err)
				}
				return s, c
			}
			add := func(c *ldap.Conn, name string, attrs ...string) {
				t.Helper()
				r := ldap.NewAddRequest(name, nil)
				for i := 0; i+1 < len(attrs); i += 2 {
					r.Attribute(attrs[i], strings.Split(attrs[i+1], "|"))
				}
				if err := c.Add(r); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			s, c := start()
			add(c, "cn=own,cn=schema,cn=config", "objectClass", "olcSchemaConfig", "cn", "own",
				"olcAttributeTypes", "( 1.3.6.1.4.1.99999.1 NAME 'ownText' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
				"olcObjectClasses", "( 1.3.6.1.4.1.99999.3 NAME 'ownThing' SUP top AUXILIARY MAY ownText )")
			add(c, "cn=module,cn=config", "objectClass", "olcModuleList", "cn", "module", "olcModuleLoad", "accesslog.so|memberof.so")
			add(c, "olcOverlay=memberof,olcDatabase={1}mdb,cn=config", "objectClass", "olcOverlayConfig|olcMemberOfConfig", "olcOverlay", "memberof")
			add(c, "olcDatabase=mdb,cn=config", "objectClass", "olcDatabaseConfig|olcMdbConfig", "olcDatabase", "mdb", "olcSuffix", "cn=log",
				"olcRootDN", "cn=log", "olcDbDirectory", second, "olcDbIndex", "reqStart eq|ownText eq")
			add(c, "olcOverlay=accesslog,olcDatabase={1}mdb,cn=config", "objectClass", "olcOverlayConfig|olcAccessLogConfig", "olcOverlay", "accesslog",
				"olcAccessLogDB", "cn=log", "olcAccessLogOps", "writes")
			m := ldap.NewModifyRequest("olcDatabase={1}mdb,cn=config", nil)
			m.Add("olcAccess", []string{"{0}to attrs=userPassword by anonymous auth by * none", "to * by * read"})
			if err := c.Modify(m); err != nil {
				t.Fatal(err)
			}
			m = ldap.NewModifyRequest("olcDatabase={1}mdb,cn=config", nil)
			m.Add("olcDbIndex", []string{"ownText,mail eq"})
			if err := c.Modify(m); err != nil {
				t.Fatal(err)
			}
			works := func(s *Daemon, name string) {
				t.Helper()
				c := dial(t, s, "cn=admin,dc=example,dc=com")
				defer c.Close()
				add(c, "cn="+name+",ou=groups,dc=example,dc=com", "objectClass", "groupOfNames|ownThing", "member", "cn=ann,ou=people,dc=example,dc=com", "ownText", "is "+name)
				r, err := c.Search(ldap.NewSearchRequest("dc=example,dc=com", 2, 0, 0, 0, false, "(&(cn=ann)(memberOf=cn="+name+",ou=groups,dc=example,dc=com))", nil, nil))
				if err != nil || len(r.Entries) != 1 {
					t.Errorf("%s: memberOf: %v", name, err)
				}
				if r, err = c.Search(ldap.NewSearchRequest("dc=example,dc=com", 2, 0, 0, 0, false, "(ownText=IS "+name+")", nil, nil)); err != nil || len(r.Entries) != 1 {
					t.Errorf("%s: ownText: %v", name, err)
				}
				a, err := ldap.DialURL(strings.TrimSuffix(s.URLs()[0], "/"))
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				if err := a.UnauthenticatedBind(""); err != nil {
					t.Fatal(err)
				}
				if r, err := a.Search(ldap.NewSearchRequest("dc=example,dc=com", 2, 0, 0, 0, false, "(userPassword=*)", nil, nil)); err == nil && len(r.Entries) != 0 {
					t.Errorf("%s: the access line is not in force", name)
				}
				cc, err := ldap.DialURL(strings.TrimSuffix(s.URLs()[0], "/"))
				if err != nil {
					t.Fatal(err)
				}
				defer cc.Close()
				if err := cc.Bind("cn=config", "secret"); err != nil {
					t.Fatal(err)
				}
				r, err = cc.Search(ldap.NewSearchRequest("olcDatabase={1}mdb,cn=config", 0, 0, 0, 0, false, "(objectClass=*)", []string{"olcAccess"}, nil))
				if err != nil || len(r.Entries) != 1 || strings.Join(r.Entries[0].GetAttributeValues("olcAccess"), "|") !=
					"{0}to attrs=userPassword by anonymous auth by * none|{1}to * by * read" {
					t.Errorf("%s: %v %q", name, err, r.Entries[0].GetAttributeValues("olcAccess"))
				}
			}
			records := func(s *Daemon) int {
				t.Helper()
				op := s.server.DatabaseFor("cn=log")
				if op == "" {
					t.Fatal("no database for the log")
				}
				n := 0
				c, err := ldap.DialURL(strings.TrimSuffix(s.URLs()[0], "/"))
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				r, err := c.Search(ldap.NewSearchRequest("cn=log", 1, 0, 0, 0, false, "(reqType=add)", []string{"1.1"}, nil))
				if err != nil {
					t.Fatal(err)
				}
				n = len(r.Entries)
				return n
			}
			works(s, "one")
			if n := records(s); n != 1 {
				t.Errorf("%d records", n)
			}
			c.Close()
			s.Stop()
			s, c = start()
			works(s, "two")
			if n := records(s); n != 2 {
				t.Errorf("%d records after the restart", n)
			}
			// and away again
			for _, name := range []string{"olcOverlay={2}accesslog,olcDatabase={1}mdb,cn=config", "olcOverlay={1}memberof,olcDatabase={1}mdb,cn=config", "olcDatabase={2}mdb,cn=config"} {
				if err := c.Del(ldap.NewDelRequest(name, nil)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			c.Close()
			s.Stop()
			s, c = start()
			if s.server.DatabaseFor("cn=log") != "" {
				t.Error("the deleted database is back")
			}
			r, err := c.Search(ldap.NewSearchRequest("cn=config", 2, 0, 0, 0, false, "(objectClass=olcOverlayConfig)", []string{"1.1"}, nil))
			if err != nil || len(r.Entries) != 1 {
				t.Errorf("overlays: %v %d", err, len(r.Entries))
			}
			// a schema element that is in use stays
			mm := ldap.NewModifyRequest("cn={3}own,cn=schema,cn=config", nil)
			mm.Delete("olcAttributeTypes", nil)
			if err := c.Modify(mm); err == nil {
				t.Error("an attribute type went that a class names")
			}
			c.Close()
			s.Stop()
		})
	}
}
