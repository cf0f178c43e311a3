package config

import (
	"fmt"
	"os"
	"strings"
)

func init() {
	file := func(at func(t *TLS) *string) func(*parser, *line) error {
		return func(p *parser, l *line) error {
			if _, err := os.Stat(l.words[1]); err != nil && !p.entryMode {
				return err
			}
			*at(&p.cfg.Global.TLS) = l.words[1]
			return nil
		}
	}
	text := func(at func(t *TLS) *string) func(*parser, *line) error {
		return setString(func(p *parser) *string { return at(&p.cfg.Global.TLS) })
	}
	for _, d := range []struct {
		name, attr string
		run        func(*parser, *line) error
	}{
		{"TLSCertificateFile", "olcTLSCertificateFile", file(func(t *TLS) *string { return &t.CertFile })},
		{"TLSCertificateKeyFile", "olcTLSCertificateKeyFile", file(func(t *TLS) *string { return &t.KeyFile })},
		{"TLSCACertificateFile", "olcTLSCACertificateFile", file(func(t *TLS) *string { return &t.CAFile })},
		{"TLSCACertificatePath", "olcTLSCACertificatePath", file(func(t *TLS) *string { return &t.CAPath })},
		{"TLSCRLFile", "olcTLSCRLFile", file(func(t *TLS) *string { return &t.CRLFile })},
		{"TLSCipherSuite", "olcTLSCipherSuite", text(func(t *TLS) *string { return &t.CipherSuite })},
		{"TLSProtocolMin", "olcTLSProtocolMin", text(func(t *TLS) *string { return &t.ProtocolMin })},
		{"TLSDHParamFile", "olcTLSDHParamFile", text(func(t *TLS) *string { return &t.DHParam })},
		{"TLSECName", "olcTLSECName", text(func(t *TLS) *string { return &t.Curve })},
	} {
		define(d.name, directive{scope: scopeGlobal, min: 1, max: 1, args: "<value>", attr: d.attr, run: d.run})
	}
	define("TLSVerifyClient", directive{scope: scopeGlobal, min: 1, max: 1, args: "never | allow | try | demand", attr: "olcTLSVerifyClient",
		run: func(p *parser, l *line) error {
			switch v := strings.ToLower(l.words[1]); v {
			case "never", "allow", "try", "demand", "hard", "true":
				p.cfg.Global.TLS.VerifyClient = v
				return nil
			}
			return fmt.Errorf("unknown level %q", l.words[1])
		}})
	define("TLSCRLCheck", directive{scope: scopeGlobal, min: 1, max: 1, args: "none | peer | all", attr: "olcTLSCRLCheck",
		run: text(func(t *TLS) *string { return &t.CRLCheck })})
	ignored(scopeGlobal, 1, 1, "olcTLSRandFile", "TLSRandFile")
}
