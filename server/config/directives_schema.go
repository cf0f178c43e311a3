package config

import (
	"fmt"
	"strings"
)

func init() {
	schemaLine := func(attr string, add func(p *parser, def string) error) directive {
		return directive{scope: scopeSection, min: 1, max: -1, args: "( <definition> )", raw: true,
			run: func(p *parser, l *line) error {
				p.cfg.schemaUsed = true
				if err := add(p, l.rest); err != nil {
					return l.errorf("%s: %v", l.words[0], err)
				}
				p.cfg.noteSchemaFile(l.file)
				return nil
			}}
	}
	for _, n := range []string{"attributetype", "attribute"} {
		define(n, schemaLine("olcAttributeTypes", func(p *parser, def string) error { return p.cfg.Schema.AddAttributeType(def) }))
	}
	define("objectclass", schemaLine("olcObjectClasses", func(p *parser, def string) error { return p.cfg.Schema.AddObjectClass(def) }))
	define("ldapsyntax", schemaLine("olcLdapSyntaxes", func(p *parser, def string) error { return p.cfg.Schema.AddSyntax(def) }))
	define("ditcontentrule", schemaLine("olcDitContentRules", func(p *parser, def string) error { return p.cfg.Schema.AddContentRule(def) }))
	define("objectidentifier", directive{scope: scopeSection, min: 2, max: 2, args: "<name> <oid>",
		run: func(p *parser, l *line) error {
			p.cfg.schemaUsed = true
			if err := p.cfg.Schema.AddObjectIdentifier(l.words[1], l.words[2]); err != nil {
				return fmt.Errorf("%v", err)
			}
			return nil
		}})
}

func (c *Config) noteSchemaFile(file string) {
	if file == c.File || strings.HasPrefix(file, "cn=") {
		return
	}
	for _, f := range c.SchemaFiles {
		if f == file {
			return
		}
	}
	c.SchemaFiles = append(c.SchemaFiles, file)
}
