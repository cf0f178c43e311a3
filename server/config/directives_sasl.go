package config

import (
	"libslapi/server/sasl"
)

func init() {
	set := func(p *parser) *sasl.Settings { return &p.cfg.Global.SASL }
	define("sasl-secprops", directive{scope: scopeGlobal, min: 1, max: 1, args: "<property>,...", attr: "olcSaslSecProps",
		run: func(p *parser, l *line) error { return set(p).ParseProps(l.words[1]) }})
	define("sasl-realm", directive{scope: scopeGlobal, min: 1, max: 1, args: "<realm>", attr: "olcSaslRealm",
		run: setString(func(p *parser) *string { return &set(p).Realm })})
	define("sasl-cbinding", directive{scope: scopeGlobal, min: 1, max: 1, args: "none | tls-unique | tls-endpoint | tls-exporter", attr: "olcSaslCBinding",
		run: func(p *parser, l *line) error { return set(p).ParseBinding(l.words[1]) }})
	define("authz-policy", directive{scope: scopeGlobal, min: 1, max: 1, args: "none | from | to | any | all", attr: "olcAuthzPolicy",
		run: func(p *parser, l *line) (err error) {
			set(p).Policy, err = sasl.ParsePolicy(l.words[1])
			return err
		}})
	for _, n := range []string{"authz-regexp", "saslregexp"} {
		define(n, directive{scope: scopeGlobal, min: 2, max: 2, args: "<match> <replace>", attr: "olcAuthzRegexp", multi: true, ordered: true,
			run: func(p *parser, l *line) error {
				m, err := sasl.ParseMapping(l.words[1], l.words[2])
				if err == nil {
					set(p).Regexps = append(set(p).Regexps, m)
				}
				return err
			}})
	}
	// Cyrus SASL's own: the name of the host is GSSAPI's, and properties of users
	// come from the directory alone.
	ignored(scopeGlobal, 1, 1, "olcSaslHost", "sasl-host")
	ignored(scopeGlobal, 1, -1, "olcSaslAuxprops", "sasl-auxprops")
}
