package daemon

import (
	"fmt"

	"libslapi/server/dn"
)

const slapdnUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]]
	[-N | -P] DN [...]
`

// slapdn checks names against the schema and shows their forms.
func (c *command) slapdn() int {
	a := &toolArgs{dry: true}
	list, rest, err := getopt(c.args, "d:f:F:No:Pv")
	if err != nil {
		return c.usage(err.Error(), slapdnUsage)
	}
	norm, pretty := false, false
	for _, o := range list {
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			return c.usage("", slapdnUsage)
		case 'N':
			norm = true
		case 'P':
			pretty = true
		default:
			if err := c.common(a, o, slapdnUsage); err != nil {
				return c.optionError(err)
			}
		}
	}
	switch {
	case norm && pretty:
		return c.usage("-N and -P exclude each other", slapdnUsage)
	case len(rest) == 0:
		return c.usage("no DN given", slapdnUsage)
	}
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	server, err := c.newOffline(cfg, a)
	if err != nil {
		return c.badConfig(err, false)
	}
	for _, text := range rest {
		var n dn.Name
		n, err = server.server.Name(text)
		if err != nil {
			// exit(3) sees the low octet of -1, as the peer's scripts know it
			fmt.Fprintf(c.stderr, "DN: <%s> check failed 21 (Invalid syntax)\n", text)
			return 255
		}
		switch {
		case norm:
			fmt.Fprintln(c.stdout, n.Norm)
		case pretty:
			fmt.Fprintln(c.stdout, n.Pretty)
		default:
			fmt.Fprintf(c.stdout, "DN: <%s> check succeeded\nnormalized: <%s>\npretty:     <%s>\n", text, n.Norm, n.Pretty)
		}
	}
	return 0
}

// optionError ends a tool after an option that it does not take.
func (c *command) optionError(err error) int {
	if err != errUsage {
		c.fail("%v", err)
	}
	return 1
}
