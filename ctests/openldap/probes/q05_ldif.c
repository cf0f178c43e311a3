/* q05_ldif: entries from text and to text. */
#include "q.h"

static void try(const char *what, const char *text, int flags)
{
	char *copy = own(text), *back;
	Slapi_Entry *e = slapi_str2entry(copy, flags);
	int len = -1;

	out("%s: %s", what, e ? "an entry" : "none");
	if (e) {
		out_entry("  ", e);
		back = slapi_entry2str(e, &len);
		out("  text of %s length, %s", back && (int)strlen(back) == len ? "its" : "another", back && strstr(back, "dn:") == back ? "dn first" : "dn elsewhere");
		slapi_ch_free_string(&back);
		slapi_entry_free(e);
	}
	free(copy);
}

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_Entry *e;
	char *s;

	try("plain", "dn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x\n", 0);
	try("no newline at the end", "dn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x", 0);
	try("folded", "dn: cn=x,dc=exam\n ple,dc=com\nobjectClass: device\ncn: x\ndescription: fol\n ded\n", 0);
	try("base64", "dn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x\ndescription:: aGVsbG8=\n", 0);
	try("base64 dn", "dn:: Y249eCxkYz1leGFtcGxlLGRjPWNvbQ==\nobjectClass: device\ncn: x\n", 0);
	try("binary", "dn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x\nserialNumber:: AAECAw==\n", 0);
	try("options", "dn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x\ndescription;lang-en: hello\n", 0);
	try("carriage returns", "dn: cn=x,dc=example,dc=com\r\nobjectClass: device\r\ncn: x\r\n", 0);
	try("comment", "# a comment\ndn: cn=x,dc=example,dc=com\nobjectClass: device\ncn: x\n", 0);
	try("blanks after the colon", "dn: cn=x,dc=example,dc=com\nobjectClass:    device\ncn: x\n", 0);
	try("no dn", "objectClass: device\ncn: x\n", 0);
	try("empty", "", 0);
	try("unhappy dn", "dn: what is this\nobjectClass: device\ncn: x\n", 0);
	e = person("q05");
	if (SAFE_O) {
		s = slapi_entry2str(e, NULL);
		PO(s);
		slapi_ch_free_string(&s);
	}
	slapi_entry_attr_set_charptr(e, "description", " leading blank");
	int n = 0;
	s = slapi_entry2str(e, &n);
	P(strstr(s, "description:: IGxlYWRpbmcgYmxhbms="));
	slapi_ch_free_string(&s);
	slapi_entry_attr_set_charptr(e, "description", "\xc3\xa4");
	s = slapi_entry2str(e, &n);
	P(strstr(s, "description:: w6Q="));
	slapi_ch_free_string(&s);
	slapi_entry_free(e);
}
PROBE_MAIN(q05)
