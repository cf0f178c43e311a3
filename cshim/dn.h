/* Names inside cshim. */
#ifndef CSHIM_DN_H
#define CSHIM_DN_H

#include "objects.h"

/* Pretty and normal form in the style of a dialect (CSHIM_OPENLDAP, ...): 0, or
 * -1 for what is no DN. Both GIVEN; either may be NULL. */
int cshim_dn_forms(const char *text, size_t len, int dialect, char **pretty, char **norm);
/* The same without a crossing, where that can be; -1 says nothing about text. */
int cshim_dn_plain_forms(const char *text, size_t len, int dialect, char **pretty, char **norm);

/* In a text with RFC 4514 escapes and quotes: the first byte behind the first
 * separator (blanks skipped), NULL when there is only one RDN. rdn_len gets the
 * length of the RDN without trailing blanks. */
const char *cshim_dn_rest(const char *dn, size_t *rdn_len);
/* Is the normal form ndn suffix or below it? */
int cshim_ndn_issuffix(const char *ndn, const char *suffix);
/* Parent of a normal form, "" at the top; LENT, part of ndn. */
const char *cshim_ndn_parent(const char *ndn);

/* Forms of a Slapi_DN, made when needed; NULL when it is empty. */
const char *cshim_sdn_pretty(const Slapi_DN *sdn, int dialect);
const char *cshim_sdn_norm(const Slapi_DN *sdn);
const char *cshim_sdn_given(const Slapi_DN *sdn); /* whatever form there is, as given first */
void cshim_sdn_clear(Slapi_DN *sdn);              /* frees the forms, keeps the block */
/* Sets pretty and normal form, both TAKEN (norm may be NULL). */
void cshim_sdn_put(Slapi_DN *sdn, char *pretty, char *norm);
/* "rdn,parent" or rdn alone when parent is NULL or empty. GIVEN. */
char *cshim_dn_join(const char *rdn, size_t rdn_len, const char *parent);

/* RDNs. */
int cshim_rdn_explode(Slapi_RDN *rdn);            /* makes rdns; 0, -1 for what is no RDN */
int cshim_rdn_pieces(const char *rdn, char ***types, struct berval **values, int *n);
void cshim_rdn_pieces_free(char **types, struct berval *values, int n);
void cshim_rdn_clear(Slapi_RDN *rdn);

/* Appends an escaped value to *out (GIVEN, grown), as RFC 4514 wants it. */
void cshim_dn_escape(char **out, size_t *len, const char *value, size_t n);

#endif
