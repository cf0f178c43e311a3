package daemon

import (
	"fmt"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/sasl"
)

const slapauthUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]
	[-U authcID] [-X authzID] [-R realm] [-M mech] ID [...]
`

// slapauth shows how user names are mapped to names of the directory, and who
// may act as whom. All it says goes to standard error, as with the peer.
func (c *command) slapauth() int {
	a := &toolArgs{}
	list, ids, err := getopt(c.args, "d:f:F:M:o:R:U:vX:")
	if err != nil {
		return c.usage(err.Error(), slapauthUsage)
	}
	var mech, realm, authc, authz string
	for _, o := range list {
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			return c.usage("", slapauthUsage)
		case 'M':
			mech = o.value
		case 'R':
			realm = o.value
		case 'U':
			authc = o.value
		case 'X':
			authz = o.value
		default:
			if err := c.common(a, o, slapauthUsage); err != nil {
				return c.optionError(err)
			}
		}
	}
	if len(ids) == 0 && authc == "" {
		return c.usage("no ID given", slapauthUsage)
	}
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	off, err := c.newOffline(cfg, a)
	if err != nil {
		return c.badConfig(err, false)
	}
	defer off.close()
	off.openAll(nil)
	x := &mapper{c: c, sasl: sasl.New(off.server, saslSettings(&cfg.Global)), realm: realm, mech: mech}
	if authc != "" && (authz != "" || len(ids) == 0) {
		ids = []string{""}
	}
	status = 0
	for _, id := range ids {
		who, as := authc, authz
		switch {
		case who != "" && as == "":
			as = id
		case who == "":
			who = id
		}
		if !x.show(who, as) {
			status = 1
			if a.goOn == 0 {
				break
			}
		}
	}
	return status
}

// mapper shows mappings.
type mapper struct {
	c           *command
	sasl        *sasl.Server
	realm, mech string
}

func (x *mapper) show(authc, authz string) bool {
	op := &plugin.Operation{Kind: plugin.KindBind}
	who, err := x.sasl.MapUser(op, authc, x.realm, x.mech)
	if err != nil {
		fmt.Fprintf(x.c.stderr, "ID: <%s> check failed 21 (Invalid syntax)\n", authc)
		return false
	}
	if authz == "" {
		fmt.Fprintf(x.c.stderr, "ID: <%s> check succeeded\nauthcID:     <%s>\n", authc, who.Norm)
		return true
	}
	var as dn.Name
	as, ok := x.sasl.MapAuthz(op, authz, x.realm, x.mech)
	if !ok {
		fmt.Fprintf(x.c.stderr, "ID: <%s> check failed 21 (Invalid syntax)\n", authz)
		return false
	}
	fmt.Fprintf(x.c.stderr, "ID:      <%s>\nauthcDN: <%s>\nauthzDN: <%s>\n", authc, who.Norm, as.Norm)
	if x.sasl.Authorized(op, who, as) {
		fmt.Fprintln(x.c.stderr, "authorization OK")
	} else {
		fmt.Fprintln(x.c.stderr, "authorization failed")
	}
	return true
}
