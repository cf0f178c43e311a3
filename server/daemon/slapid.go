package daemon

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"libslapi/server/config"
)

const serverUsage = `options
	-4		IPv4 only
	-6		IPv6 only
	-T tool		run a tool: acl, add, auth, backup, cat, dn, index, modify, passwd, schema, test
	-c cookie	cookie of a replication consumer (not used)
	-d level	log to standard error at this level, stay in the foreground
	-f file		configuration file (default ` + DefaultConfFile + `)
	-F folder	configuration folder (default ` + DefaultConfDir + `)
	-g group	group (name or number) to run as
	-h URLs		URLs to serve (default ldap:///)
	-l facility	facility of syslog (default LOCAL4)
	-n name		name of the service
	-o name[=val]	further options; slp is taken and ignored
	-r folder	root folder to change to
	-s level	level of syslog
	-u user		user (name or number) to run as
	-V		print the version (-VV: and exit)
	-?, --help	print this
`

// settings of a server's command line.
type serverArgs struct {
	file, dir, urls, user, group, root, name, facility string
	debug                                              *int
	syslog                                             *int
	family                                             string // "4", "6", ""
	version                                            int
}

func (c *command) parseServer() (*serverArgs, int) {
	a := &serverArgs{urls: "ldap:///", name: c.name}
	list, rest, err := getopt(c.args, "46T:c:d:f:F:g:h:l:n:o:r:s:u:V")
	if err != nil {
		return nil, c.usage(err.Error(), serverUsage)
	}
	if len(rest) > 0 {
		return nil, c.usage(fmt.Sprintf("unexpected argument %q", rest[0]), serverUsage)
	}
	for _, o := range list {
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			c.usage("", serverUsage)
			return nil, 0
		case '4', '6':
			a.family = string(o.letter)
		case 'T':
			return nil, c.usage("-T must be the first option", serverUsage)
		case 'd':
			if o.value == "?" || o.value == "help" {
				c.listLevels()
				return nil, 0
			}
			n, err := config.ParseLogLevel(o.value)
			if err != nil {
				fmt.Fprintf(c.stderr, "unrecognized log level %q\n", o.value)
				return nil, 1
			}
			if a.debug != nil {
				n |= *a.debug
			}
			a.debug = &n
		case 's':
			if o.value == "?" || o.value == "help" {
				c.listLevels()
				return nil, 0
			}
			n, err := config.ParseLogLevel(o.value)
			if err != nil {
				fmt.Fprintf(c.stderr, "unrecognized log level %q\n", o.value)
				return nil, 1
			}
			a.syslog = &n
		case 'f':
			a.file = o.value
		case 'F':
			a.dir = o.value
		case 'g':
			a.group = o.value
		case 'h':
			a.urls = o.value
		case 'l':
			if facilityOf(o.value) == facilityOf("") && !strings.EqualFold(o.value, "LOCAL4") {
				return nil, c.fail("unrecognized syslog facility %q", o.value)
			}
			a.facility = o.value
		case 'n':
			a.name = o.value
		case 'o':
			if k, _, _ := strings.Cut(o.value, "="); !strings.EqualFold(k, "slp") {
				return nil, c.usage(fmt.Sprintf("unrecognized option \"-o %s\"", o.value), serverUsage)
			}
		case 'r':
			a.root = o.value
		case 'u':
			a.user = o.value
		case 'V':
			a.version++
		}
	}
	return a, -1
}

func (c *command) listLevels() {
	fmt.Fprintf(c.stdout, "Installed log subsystems:\n\n")
	for _, l := range config.LogLevelNames {
		fmt.Fprintf(c.stdout, "\t%-30s (%d, 0x%x)\n", l.Name, l.Bit, uint32(l.Bit))
	}
}

// slapid is the server's command.
func (c *command) slapid() int {
	a, status := c.parseServer()
	if a == nil {
		return status
	}
	if a.version > 0 {
		fmt.Fprintf(c.stderr, "%s %s (libslapi)\n", c.name, Version)
		if a.version > 1 {
			return 0
		}
	}
	report := (*os.File)(nil)
	if a.debug == nil && !managed() {
		if report = detachedPipe(); report == nil {
			return c.detach()
		}
	}
	d, err := c.start(a)
	if err != nil {
		if report != nil {
			fmt.Fprintf(report, "%s: %v\n", c.name, err)
			report.Close()
		} else {
			c.fail("%v", err)
		}
		return 1
	}
	stop := make(chan os.Signal, 4)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(stop)
	finish := c.writePidFile(d.cfg)
	if report != nil {
		io.WriteString(report, ready)
		report.Close()
	}
	defer d.notifyReady()()
	go func() {
		for s := range stop {
			if s == syscall.SIGHUP && !d.cfg.Global.GentleHUP {
				notifyReloading(d.Reload)
				continue
			}
			notifyStopping()
			d.log.status(fmt.Sprintf("%s shutdown: signal %v", a.name, s))
			d.Stop()
			return
		}
	}()
	tuneCollector()
	d.Run()
	d.Stop() // waits when another goroutine stops it
	finish()
	return 0
}

// start makes the Daemon of a command line.
func (c *command) start(a *serverArgs) (*Daemon, error) {
	if a.root != "" {
		if err := os.Chdir(a.root); err != nil {
			return nil, err
		}
		if err := syscall.Chroot(a.root); err != nil {
			return nil, fmt.Errorf("chroot %s: %w", a.root, err)
		}
		if err := os.Chdir("/"); err != nil {
			return nil, err
		}
	}
	drop, err := privileges(a.user, a.group)
	if err != nil {
		return nil, err
	}
	src, err := loadConfig(a.file, a.dir, false)
	if err != nil {
		return nil, err
	}
	urls, err := listenerURLs(a.urls, a.family)
	if err != nil {
		return nil, err
	}
	opt := Options{
		Config: src.cfg, File: src.file, Whole: src.whole, URLs: urls, Hooks: c.hooks, Name: a.name, Argv: c.argv,
		SystemLevel: a.syslog, Facility: a.facility, Privileges: drop,
	}
	if a.debug != nil {
		opt.Debug, opt.DebugLevel = c.stderr, *a.debug
	}
	if opt.Activated, opt.ActivatedURLs, err = activated(); err != nil {
		return nil, err
	}
	d, err := New(opt)
	if err != nil {
		return nil, err
	}
	if src.write {
		if err := d.tree.Save(); err != nil {
			d.Stop()
			return nil, err
		}
	}
	return d, nil
}

// listenerURLs cuts the -h list and, for -4 and -6, narrows each URL to
// addresses of the family.
func listenerURLs(list, family string) ([]string, error) {
	var out []string
	for _, url := range strings.Fields(list) {
		scheme, rest, ok := strings.Cut(url, "://")
		if !ok {
			return nil, fmt.Errorf("%q is no URL", url)
		}
		if family == "" || strings.EqualFold(scheme, "ldapi") {
			out = append(out, url)
			continue
		}
		hostport, tail, _ := strings.Cut(rest, "/")
		host, port, err := net.SplitHostPort(hostport)
		if err != nil {
			host, port = strings.Trim(hostport, "[]"), ""
		}
		var ips []net.IP
		switch ip := net.ParseIP(host); {
		case host == "" && family == "4":
			ips = []net.IP{net.IPv4zero}
		case host == "":
			ips = []net.IP{net.IPv6zero}
		case ip != nil:
			ips = []net.IP{ip}
		default:
			if ips, err = net.LookupIP(host); err != nil {
				return nil, err
			}
		}
		n := len(out)
		for _, ip := range ips {
			if (ip.To4() != nil) != (family == "4") {
				continue
			}
			at := ip.String()
			if family == "6" {
				at = "[" + at + "]"
			}
			if port != "" {
				at += ":" + port
			}
			out = append(out, scheme+"://"+at+"/"+tail)
		}
		if len(out) == n {
			return nil, fmt.Errorf("%s has no IPv%s address", url, family)
		}
	}
	return out, nil
}

// writePidFile writes the pidfile and the argsfile; the function it returns
// removes them.
func (c *command) writePidFile(cfg *config.Config) func() {
	g := &cfg.Global
	var made []string
	for _, f := range []struct{ path, text string }{
		{g.PIDFile, strconv.Itoa(os.Getpid()) + "\n"},
		{g.ArgsFile, strings.Join(c.argv, " ") + "\n"},
	} {
		if f.path == "" {
			continue
		}
		if err := os.WriteFile(f.path, []byte(f.text), 0o644); err != nil {
			c.fail("%v", err)
			continue
		}
		made = append(made, f.path)
	}
	return func() {
		for _, f := range made {
			os.Remove(f)
		}
	}
}
