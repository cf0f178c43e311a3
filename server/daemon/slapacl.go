package daemon

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/sasl"
)

const slapaclUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]
	[-U authcID | -D authcDN] [-X authzID | -o authzDN=<DN>]
	-b DN [-u] [attr[/access][:value]] [...]
`

// aclArgs are what slapacl was asked.
type aclArgs struct {
	toolArgs
	base, authcDN, authcID, authzDN, authzID string
	req                                      acl.Request
}

// option reads -o NAME=VALUE of slapacl's own; false: it is none of these.
func (a *aclArgs) option(text string) (bool, error) {
	name, value, has := strings.Cut(text, "=")
	number := func(at *int) (bool, error) {
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return true, fmt.Errorf("unable to parse %s=%q.", strings.ToLower(name), value)
		}
		*at = int(n)
		return true, nil
	}
	if !has {
		value = ""
	}
	switch strings.ToLower(name) {
	case "authzdn":
		a.authzDN = value
	case "domain":
		a.req.Domain = func() string { return value }
	case "peername":
		a.req.Peer = value
	case "sockname":
		a.req.Local = value
	case "sockurl":
		a.req.Listen = value
	case "ssf":
		return number(&a.req.SSF)
	case "transport_ssf":
		return number(&a.req.TransportSSF)
	case "tls_ssf":
		return number(&a.req.TLSSSF)
	case "sasl_ssf":
		return number(&a.req.SASLSSF)
	default:
		return false, nil
	}
	return true, nil
}

// slapacl shows what the access directives give somebody on an entry. All it
// says goes to standard error, as with the peer.
func (c *command) slapacl() int {
	a, rest, status := c.parseACL()
	if a == nil {
		return status
	}
	cfg, status := c.toolConfig(&a.toolArgs)
	if cfg == nil {
		return status
	}
	return c.checkAccess(cfg, a, rest)
}

func (c *command) parseACL() (*aclArgs, []string, int) {
	a := &aclArgs{}
	list, rest, err := getopt(c.args, "b:d:D:f:F:o:uU:vX:")
	if err != nil {
		return nil, nil, c.usage(err.Error(), slapaclUsage)
	}
	for _, o := range list {
		var err error
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			return nil, nil, c.usage("", slapaclUsage)
		case 'b':
			a.base = o.value
		case 'D':
			a.authcDN = o.value
		case 'U':
			a.authcID = o.value
		case 'X':
			a.authzID = o.value
		case 'u':
			a.dry = true
		case 'o':
			var mine bool
			if mine, err = a.option(o.value); !mine {
				err = c.common(&a.toolArgs, o, slapaclUsage)
			}
		default:
			err = c.common(&a.toolArgs, o, slapaclUsage)
		}
		if err != nil {
			if !errors.Is(err, errUsage) {
				fmt.Fprintln(c.stderr, err)
				c.usage("", slapaclUsage)
			}
			return nil, nil, 1
		}
	}
	switch {
	case a.base == "" && !given(list, 'b'):
		return nil, nil, c.usage("-b is needed", slapaclUsage)
	case a.authcDN != "" && a.authcID != "":
		return nil, nil, c.usage("-D and -U exclude each other", slapaclUsage)
	case a.authzDN != "" && a.authzID != "":
		return nil, nil, c.usage("-X and -o authzDN exclude each other", slapaclUsage)
	}
	return a, rest, 0
}

func given(list []option, letter byte) bool {
	for _, o := range list {
		if o.letter == letter {
			return true
		}
	}
	return false
}

func (c *command) checkAccess(cfg *config.Config, a *aclArgs, attrs []string) int {
	off, err := c.newOffline(cfg, &a.toolArgs)
	if err != nil {
		return c.badConfig(err, false)
	}
	defer off.close()
	return c.answerAccess(off, a, attrs)
}

// answerAccess answers the questions with a server that has its databases open,
// or opens them.
func (c *command) answerAccess(off *offline, a *aclArgs, attrs []string) int {
	cfg := off.cfg
	base, err := dn.NewName(a.base, cfg.Schema)
	if err != nil {
		return c.fail("slap_init invalid suffix (%q)", a.base)
	}
	d := databaseOf(cfg, base.Norm)
	if d == nil {
		return c.fail("slap_init no backend for %q", a.base)
	}
	set, err := accessSet(cfg.Schema, d.Access, cfg.Frontend.Access)
	if err != nil {
		return c.badConfig(err, false)
	}
	if !d.HoldsEntries() && !a.dry {
		return c.fail("could not open database.")
	}
	needed := d
	if a.dry {
		needed = nil
	}
	if !off.openAll(needed) {
		return 1
	}
	if status := c.identities(off, a); status != 0 {
		return status
	}
	e := off.lookup(base.Norm)
	switch {
	case e == nil && !a.dry:
		return c.fail("unable to fetch ID of DN %q", base.Pretty)
	case e == nil:
		e = entry.New(base)
	}
	q := &aclQuestions{c: c, set: set, req: a.req, root: isRootOf(cfg, d, a.req.Who)}
	q.req.Entry, q.req.Schema, q.req.Lookup = e, cfg.Schema, off.lookup
	if len(attrs) == 0 {
		q.all(e)
		return 0
	}
	for _, text := range attrs {
		if !q.ask(text) {
			fmt.Fprintln(c.stderr, q.problem)
			if q.unknown {
				return 17
			}
			return 0
		}
	}
	return 0
}

func isRootOf(cfg *config.Config, d *config.Database, who dn.Name) bool {
	return who.Norm != "" && (who.Norm == d.RootDN.Norm || who.Norm == cfg.Global.RootDN.Norm)
}

// identities works out who asks, and says so.
func (c *command) identities(off *offline, a *aclArgs) int {
	sasl := sasl.New(off.server, saslSettings(&off.cfg.Global))
	op := &plugin.Operation{Kind: plugin.KindBind}
	var authc, authz dn.Name
	var err error
	switch {
	case a.authcDN != "":
		if authc, err = dn.NewName(a.authcDN, off.cfg.Schema); err != nil {
			fmt.Fprintf(c.stderr, "authcDN=%q normalization failed 21 (Invalid syntax)\n", a.authcDN)
			c.usage("", slapaclUsage)
			return 1
		}
	case a.authcID != "":
		if authc, err = sasl.MapUser(op, a.authcID, "", ""); err != nil {
			fmt.Fprintf(c.stderr, "ID: <%s> check failed: %v\n", a.authcID, err)
			return 1
		}
	}
	switch {
	case a.authzDN != "":
		if authz, err = dn.NewName(a.authzDN, off.cfg.Schema); err != nil {
			fmt.Fprintf(c.stderr, "authzDN=%q normalization failed 21 (Invalid syntax)\n", a.authzDN)
			c.usage("", slapaclUsage)
			return 1
		}
	case a.authzID != "":
		var ok bool
		if authz, ok = sasl.MapAuthz(op, a.authzID, "", ""); !ok {
			fmt.Fprintf(c.stderr, "authzID: <%s> check failed\n", a.authzID)
			return 1
		}
	}
	if authc.Norm != "" {
		fmt.Fprintf(c.stderr, "authcDN: %q\n", authc.Pretty)
	}
	if authz.Norm != "" {
		fmt.Fprintf(c.stderr, "authzDN: %q\n", authz.Pretty)
	}
	a.req.Who, a.req.Real = authc, authc
	if authz.Norm != "" {
		a.req.Who = authz
	}
	return 0
}

// lookup reads an entry of whichever database is open.
func (o *offline) lookup(norm string) *entry.Entry {
	d := databaseOf(o.cfg, norm)
	if d == nil {
		return nil
	}
	b := o.opened[d.Name]
	if b == nil {
		return nil
	}
	v, err := b.View(context.Background())
	if err != nil {
		return nil
	}
	defer v.Close()
	e, err := v.Lookup(norm)
	if err != nil {
		return nil
	}
	return e
}

// aclQuestions are the questions about one entry.
type aclQuestions struct {
	c       *command
	set     *acl.Set
	req     acl.Request
	root    bool
	problem string
	unknown bool // the problem is an attribute that the schema lacks
}

func (q *aclQuestions) mask(r *acl.Request) acl.Mask {
	if q.root {
		return acl.Mask{Priv: acl.Manage, Level: true}
	}
	return q.set.Mask(r)
}

// all shows the privileges on everything that the entry has.
func (q *aclQuestions) all(e *entry.Entry) {
	for _, pseudo := range []string{acl.AttrEntry, acl.AttrChildren} {
		r := q.req
		r.Pseudo = pseudo
		fmt.Fprintf(q.c.stderr, "%s: %v\n", pseudo, q.mask(&r))
	}
	for i := range e.Attrs {
		at := &e.Attrs[i]
		for _, v := range at.Values {
			r := q.req
			r.Type, r.Options, r.Value = at.Type, at.Options, v
			shown := string(v)
			if strings.EqualFold(at.Type.Name(), "userPassword") {
				shown = "****"
			}
			fmt.Fprintf(q.c.stderr, "%s=%s: %v\n", at.Desc, shown, q.mask(&r))
		}
	}
}

// ask answers one "attr[/access][:value]"; false: problem says why it cannot.
func (q *aclQuestions) ask(text string) bool {
	text, value, has := strings.Cut(text, ":")
	name, accessText, checks := strings.Cut(text, "/")
	var need acl.Priv
	if checks {
		var ok bool
		switch need, ok = acl.ParsePriv(accessText); {
		case !ok:
			q.problem = fmt.Sprintf("unknown access %q for attribute %q", accessText, name)
			return false
		case need == 0:
			q.problem = fmt.Sprintf("%q not allowed for attribute %q", accessText, name)
			return false
		}
	}
	r := q.req
	shown := name
	switch strings.ToLower(name) {
	case acl.AttrEntry, acl.AttrChildren:
		r.Pseudo = strings.ToLower(name)
		shown = r.Pseudo
	default:
		desc, err := q.req.Schema.Describe(name)
		if err != nil || desc.Type.Unknown {
			q.problem, q.unknown = fmt.Sprintf("slap_str2ad(%s) failed 17 (Undefined attribute type)", name), true
			return false
		}
		r.Type, r.Options = desc.Type, desc.Options
		shown = desc.String()
	}
	if has && value != "" {
		r.Value = []byte(value)
		shown += "=" + value
	}
	if !checks {
		fmt.Fprintf(q.c.stderr, "%s: %v\n", shown, q.mask(&r))
		return true
	}
	answer := "DENIED"
	r.Need = need
	if q.root || q.set.Allowed(&r) {
		answer = "ALLOWED"
	}
	fmt.Fprintf(q.c.stderr, "%s access to %s: %s\n", strings.ToLower(accessText), shown, answer)
	return true
}
