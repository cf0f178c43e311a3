/* Small services of 389's header that ask the system: memory, addresses, files of
 * plug-ins. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"

int slapi_is_ipv6_addr(const char *ipAddress)
{
	struct in6_addr a;

	return ipAddress && inet_pton(AF_INET6, ipAddress, &a) == 1;
}

/* What the length octets of a BER element say; (ber_len_t)-1 for lengths that are
 * too long, indefinite or cut off, and with strict also for more than there is. */
ber_len_t slapi_berval_get_msg_len(struct berval *bv, int strict)
{
	const unsigned char *p;
	ber_len_t rest, len;

	if (bv == NULL || bv->bv_val == NULL || bv->bv_len < 2)
		return (ber_len_t)-1;
	p = (const unsigned char *)bv->bv_val + 1;
	rest = bv->bv_len - 2;
	len = *p++;
	if (len & 0x80) {
		ber_len_t octets = len & 0x7f;
		if (octets == 0 || octets > sizeof len || octets > rest)
			return (ber_len_t)-1;
		rest -= octets;
		for (len = 0; octets > 0; octets--)
			len = len << 8 | *p++;
	}
	return strict && len > rest ? (ber_len_t)-1 : len;
}

/* A number from a file whose line begins with key ("" the first line); 0 when it is not there. */
static uint64_t number_in(const char *path, const char *key)
{
	FILE *f = fopen(path, "r");
	char line[256];
	uint64_t n = 0;

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0) {
			n = strtoull(line + strlen(key), NULL, 10);
			break;
		}
	fclose(f);
	return n;
}

/* What there is: the system's memory, less where a control group allows less. */
slapi_pal_meminfo *spal_meminfo_get(void)
{
	slapi_pal_meminfo *mi = cshim_calloc(1, sizeof *mi);
	long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
	uint64_t limit;

	if (page <= 0 || pages <= 0) {
		free(mi);
		return NULL;
	}
	mi->pagesize_bytes = (uint64_t)page;
	mi->system_total_bytes = (uint64_t)page * (uint64_t)pages;
	mi->process_consumed_bytes = number_in("/proc/self/status", "VmRSS:") * 1024;
	mi->system_available_bytes = number_in("/proc/meminfo", "MemAvailable:") * 1024;
	limit = number_in("/sys/fs/cgroup/memory.max", "");
	if (limit > 0 && limit < mi->system_total_bytes)
		mi->system_total_bytes = limit;
	if (limit > 0 && limit < mi->system_available_bytes)
		mi->system_available_bytes = limit;
	mi->system_total_pages = mi->system_total_bytes / mi->pagesize_bytes;
	mi->process_consumed_pages = mi->process_consumed_bytes / mi->pagesize_bytes;
	mi->system_available_pages = mi->system_available_bytes / mi->pagesize_bytes;
	return mi;
}

void spal_meminfo_destroy(slapi_pal_meminfo *mi)
{
	free(mi);
}

/* The file of a plug-in: the folder, the name as it is, ".so" when it lacks that. */
char *slapi_get_plugin_name(const char *dir, const char *name)
{
	size_t n = name ? strlen(name) : 0;
	const char *end = n > 3 && strcmp(name + n - 3, ".so") == 0 ? "" : ".so";

	if (name == NULL)
		return NULL;
	return dir && *dir ? slapi_ch_smprintf("%s/%s%s", dir, name, end) : slapi_ch_smprintf("%s%s", name, end);
}

/* Whether the database was found not to have been closed; our databases need no
 * recovery, so it is what somebody said here last. */
int slapi_disorderly_shutdown(int set)
{
	static int said;

	if (set)
		__atomic_store_n(&said, 1, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&said, __ATOMIC_SEQ_CST);
}
