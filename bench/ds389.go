package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	dsData   = "/usr/share/dirsrv/data"
	dsConfig = "/etc/dirsrv"
	dsRoot   = "cn=Directory Manager"
)

// dsEntry is an entry of a template file, its lines as they stand there.
type dsEntry struct {
	dn    string
	lines []string
}

// set gives an attribute one value in place of those there.
func (e *dsEntry) set(attr, value string) {
	e.remove(attr)
	e.lines = append(e.lines, attr+": "+value)
}

func (e *dsEntry) remove(attr string) {
	kept := e.lines[:0]
	for _, l := range e.lines {
		if name, _, _ := strings.Cut(l, ":"); !strings.EqualFold(name, attr) {
			kept = append(kept, l)
		}
	}
	e.lines = kept
}

func (e *dsEntry) has(line string) bool {
	for _, l := range e.lines {
		if strings.EqualFold(strings.ReplaceAll(l, " ", ""), strings.ReplaceAll(line, " ", "")) {
			return true
		}
	}
	return false
}

// readTemplate reads the entries of a template up to the first change record.
func readTemplate(file string, values *strings.Replacer) ([]*dsEntry, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []*dsEntry
	for block := range strings.SplitSeq(values.Replace(string(b)), "\n\n") {
		e := &dsEntry{}
		for l := range strings.SplitSeq(block, "\n") {
			switch {
			case l == "" || l[0] == '#':
			case e.dn == "" && strings.HasPrefix(strings.ToLower(l), "dn:"):
				e.dn = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(l[3:]), ", ", ","))
				e.lines = append(e.lines, l)
			case strings.HasPrefix(l, "changetype:"):
				return list, nil
			default:
				e.lines = append(e.lines, l)
			}
		}
		if e.dn != "" {
			list = append(list, e)
		}
	}
	return list, nil
}

// newDS389 is ns-slapd with its Berkeley database, with the stock plug-ins and
// with what an administrator sets for speed: caches that hold all entries, no
// access log, no limits. Changes are durable (the default). Its default indexes
// are cut down to those the other servers have.
func newDS389() (*server, error) {
	path := "/usr/sbin/ns-slapd"
	for _, f := range []string{path, filepath.Join(dsData, "template-dse.ldif")} {
		if _, err := os.Stat(f); err != nil {
			return nil, fmt.Errorf("389 Directory Server is not installed: %w", err)
		}
	}
	s := &server{name: "389", rootDN: dsRoot}
	out, _ := exec.Command(path, "-v").CombinedOutput()
	s.version = firstLine(out, "389-Directory")
	conf := func() string { return filepath.Join(s.dir, "config") }
	s.configure = func(n int) error { return configure389(s, n) }
	s.empty = func() error {
		db := filepath.Join(s.dir, "db")
		if err := os.RemoveAll(db); err != nil {
			return err
		}
		if err := os.Mkdir(db, 0o755); err != nil {
			return err
		}
		return own389(s.dir)
	}
	s.importer = func(ldif string) *exec.Cmd {
		return exec.Command(path, "ldif2db", "-D", conf(), "-n", "userRoot", "-i", ldif)
	}
	s.imported = func() error { return own389(s.dir) }
	s.serve = func() *exec.Cmd {
		return exec.Command(path, "-D", conf(), "-i", filepath.Join(s.dir, "run", "pid"), "-d", "0")
	}
	s.ready = func(c *client) error {
		return c.modify(0, suffix, "aci", `(targetattr!="userPassword")(version 3.0; acl "read"; allow (read,search,compare) userdn="ldap:///anyone";)`)
	}
	return s, nil
}

// own389 gives the folder to the user that the server changes to.
func own389(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("dirsrv")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(p, uid, gid)
	})
}

func configure389(s *server, n int) error {
	d := s.dir
	for _, f := range []string{"config/schema", "db", "log", "run", "lock", "ldif", "bak", "tmp", "inst"} {
		if err := os.MkdirAll(filepath.Join(d, f), 0o755); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{
		"config/certmap.conf": "certmap.conf", "config/slapd-collations.conf": "slapd-collations.conf", "schema/99user.ldif": "schema/99user.ldif",
	} {
		b, err := os.ReadFile(filepath.Join(dsConfig, from))
		if err == nil {
			err = os.WriteFile(filepath.Join(d, "config", to), b, 0o644)
		}
		if err != nil {
			return err
		}
	}
	name := "dirsrv"
	if os.Getuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return err
		}
		name = u.Username
	}
	_, port, _ := strings.Cut(s.addr, ":")
	values := strings.NewReplacer(
		"%schema_dir%", d+"/config/schema", "%lock_dir%", d+"/lock", "%tmp_dir%", d+"/tmp", "%cert_dir%", d+"/config",
		"%ldif_dir%", d+"/ldif", "%bak_dir%", d+"/bak", "%run_dir%", d+"/run", "%inst_dir%", d+"/inst", "%log_dir%", d+"/log",
		"%fqdn%", "localhost.localdomain", "%ds_port%", port, "%ds_user%", name, "%rootdn%", dsRoot,
		"%ds_passwd%", saltedHash(rootPW, 1), "%ldapi_enabled%", "off", "%ldapi%", d+"/run/ldapi", "%ldapi_autobind%", "off",
		"%config_dir%", d+"/config", "%db_dir%", d+"/db", "%db_home_dir%", d+"/db", "%db_lib%", "bdb",
		"%ds_suffix%", suffix, "%ds_bename%", "userRoot")
	list, err := readTemplate(filepath.Join(dsData, "template-dse.ldif"), values)
	if err != nil {
		return err
	}
	more, err := readTemplate(filepath.Join(dsData, "template-suffix-db.ldif"), values)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d, "config", "dse.ldif"), tune389(append(list, more...), n), 0o600)
}

// tune389 sets limits, caches and indexes in the configuration of a new
// instance, and prints it.
func tune389(list []*dsEntry, n int) []byte {
	const ldbm = "cn=ldbm database,cn=plugins,cn=config"
	var out bytes.Buffer
	for _, e := range list {
		switch {
		case e.dn == "cn=config":
			for _, p := range []pair{
				{"nsslapd-listenhost", "127.0.0.1"}, {"nsslapd-securelistenhost", "127.0.0.1"}, {"nsslapd-security", "off"},
				{"nsslapd-accesslog-logging-enabled", "off"}, {"nsslapd-securitylog-logging-enabled", "off"},
				{"nsslapd-allow-hashed-passwords", "on"}, {"nsslapd-enable-upgrade-hash", "off"},
				{"nsslapd-sizelimit", "-1"}, {"nsslapd-timelimit", "-1"}, {"nsslapd-maxdescriptors", "1024"},
			} {
				e.set(p.name, p.value)
			}
		case e.dn == "cn=config,"+ldbm:
			e.set("nsslapd-cache-autosize", "0")
			e.set("nsslapd-dbcachesize", strconv.Itoa(max(256<<20, n*1024)))
			e.set("nsslapd-lookthroughlimit", "-1")
			e.set("nsslapd-idlistscanlimit", "2147483646")
		case e.dn == "cn=userroot,"+ldbm:
			e.set("nsslapd-cachememsize", strconv.Itoa(max(512<<20, n*6144)))
			e.set("nsslapd-dncachememsize", strconv.Itoa(max(64<<20, n*512)))
		case strings.HasSuffix(e.dn, ",cn=default indexes,cn=config,"+ldbm) && e.has("nssystemindex: false"):
			attr, _, _ := strings.Cut(strings.TrimPrefix(e.dn, "cn="), ",")
			switch attr {
			case "uid", "cn", "sn", "mail":
				e.remove("nsindextype")
				e.set("nsindextype", "eq")
			default:
				continue
			}
		}
		for _, l := range e.lines {
			fmt.Fprintln(&out, l)
		}
		fmt.Fprintln(&out)
	}
	return out.Bytes()
}

var errUnknownServer = errors.New("not one of slapid, slapd, 389")
