/* Object extensions: data that plug-ins attach to connections, operations,
 * entries and nodes of the mapping tree. An object's extensions are an array
 * that hangs on the object and is made, by the constructors, when somebody first
 * asks for one; an object that nobody asks about pays nothing. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_services.h"
#include "mem.h"

/* Enough for all that is known; a fixed size means that an array never moves. */
#define EXTENSIONS 32

struct registered {
	char *plugin;
	slapi_extension_constructor_fnptr make;
	slapi_extension_destructor_fnptr drop;
	struct cshim_plugin *owner;
	int live;
};

static const char *const class_names[CSHIM_EXT_CLASSES] = { "Connection", "Operation", "Entry", "Mapping Tree Node" };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct registered table[CSHIM_EXT_CLASSES][EXTENSIONS];
static int count[CSHIM_EXT_CLASSES];

/* What hangs on an object. The parent of an operation is its connection; one
 * that a plug-in started has none. */
struct extensions {
	int class;
	void *parent;
	void *at[EXTENSIONS];
	unsigned char made[EXTENSIONS];
};

static int class_of(const char *name)
{
	for (int i = 0; name && i < CSHIM_EXT_CLASSES; i++)
		if (strcasecmp(name, class_names[i]) == 0)
			return i;
	return -1;
}

/* The type numbers that plug-ins see start at 1, so that 0 is never one. */
int get_operation_object_type(void)
{
	return CSHIM_EXT_OPERATION + 1;
}

int slapi_register_object_extension(const char *pluginname, const char *objectname,
				    slapi_extension_constructor_fnptr constructor,
				    slapi_extension_destructor_fnptr destructor, int *objecttype, int *extensionhandle)
{
	int class = class_of(objectname), at = -1;

	if (class < 0 || !objecttype || !extensionhandle)
		return -1;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < count[class] && at < 0; i++)
		if (!table[class][i].live && table[class][i].plugin && pluginname && strcmp(table[class][i].plugin, pluginname) == 0)
			at = i; /* the same plug-in again, after a restart */
	if (at < 0 && count[class] < EXTENSIONS)
		at = count[class]++;
	if (at >= 0) {
		struct registered *r = &table[class][at];
		free(r->plugin);
		r->plugin = cshim_strdup(pluginname ? pluginname : "");
		r->make = constructor;
		r->drop = destructor;
		r->owner = cshim_thread()->plugin;
		r->live = 1;
		*objecttype = class + 1;
		*extensionhandle = at;
	}
	pthread_mutex_unlock(&lock);
	return at < 0 ? -1 : 0;
}

/* Objects keep what they have, and the destructor, until they end. */
int slapi_unregister_object_extension(const char *pluginname, const char *objectname, int *objecttype, int *ext_index)
{
	int class = class_of(objectname), rc = -1;

	if (class < 0)
		return -1;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < count[class]; i++) {
		struct registered *r = &table[class][i];
		if (r->live && (ext_index ? *ext_index == i : pluginname && strcmp(r->plugin, pluginname) == 0)) {
			r->live = 0;
			rc = 0;
			break;
		}
	}
	pthread_mutex_unlock(&lock);
	if (rc == 0 && objecttype)
		*objecttype = 0;
	if (rc == 0 && ext_index)
		*ext_index = -1;
	return rc;
}

/* Makes the extensions that object lacks. */
static void construct(struct extensions *x, void *object)
{
	for (int i = 0; i < count[x->class]; i++) {
		struct registered r;
		struct cshim_thread saved;

		pthread_mutex_lock(&lock);
		r = table[x->class][i];
		pthread_mutex_unlock(&lock);
		if (x->made[i] || !r.live)
			continue;
		x->made[i] = 1;
		if (!r.make)
			continue;
		saved = *cshim_thread();
		cshim_thread()->plugin = r.owner;
		x->at[i] = r.make(object, x->parent);
		*cshim_thread() = saved;
	}
}

void *factory_create_extension(int type, void *object, void *parent)
{
	struct extensions *x;

	if (type < 1 || type > CSHIM_EXT_CLASSES)
		return NULL;
	x = cshim_calloc(1, sizeof *x);
	x->class = type - 1;
	x->parent = parent;
	construct(x, object);
	return x;
}

static void **place_of(int class, void *object)
{
	switch (class) {
	case CSHIM_EXT_CONNECTION: return &((Slapi_Connection *)object)->c_extension;
	case CSHIM_EXT_OPERATION: return &((Slapi_Operation *)object)->o_extension;
	case CSHIM_EXT_ENTRY: return &((Slapi_Entry *)object)->e_extension;
	default: return NULL;
	}
}

static struct extensions *extensions_of(int objecttype, void *object)
{
	int class = objecttype - 1;
	void **at;
	struct extensions *x, *none = NULL;

	if (!object || class < 0 || class >= CSHIM_EXT_CLASSES || !(at = place_of(class, object)))
		return NULL;
	x = __atomic_load_n(at, __ATOMIC_ACQUIRE);
	if (!x) {
		x = cshim_calloc(1, sizeof *x);
		x->class = class;
		if (class == CSHIM_EXT_OPERATION)
			x->parent = slapiGoOperationConn(((Slapi_Operation *)object)->handle);
		/* Operations of one connection run side by side: one of them wins. */
		if (!__atomic_compare_exchange_n(at, (void **)&none, x, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			free(x);
			return none;
		}
		construct(x, object);
	} else if (x->class != class) {
		return NULL;
	}
	return x;
}

void *slapi_get_object_extension(int objecttype, void *object, int extensionhandle)
{
	struct extensions *x;

	if (extensionhandle < 0 || extensionhandle >= EXTENSIONS)
		return NULL;
	x = extensions_of(objecttype, object);
	if (!x)
		return NULL;
	if (!x->made[extensionhandle])
		construct(x, object); /* registered since */
	return x->at[extensionhandle];
}

void slapi_set_object_extension(int objecttype, void *object, int extensionhandle, void *extension)
{
	struct extensions *x;

	if (extensionhandle < 0 || extensionhandle >= EXTENSIONS)
		return;
	x = extensions_of(objecttype, object);
	if (!x)
		return;
	x->made[extensionhandle] = 1;
	x->at[extensionhandle] = extension;
}

void cshim_extension_free(int class, void *object, void **at)
{
	struct extensions *x = *at;

	*at = NULL;
	if (!x)
		return;
	for (int i = 0; i < EXTENSIONS; i++) {
		struct registered r;
		struct cshim_thread saved;

		if (!x->at[i])
			continue;
		pthread_mutex_lock(&lock);
		r = table[class][i];
		pthread_mutex_unlock(&lock);
		if (!r.drop)
			continue;
		saved = *cshim_thread();
		cshim_thread()->plugin = r.owner;
		r.drop(x->at[i], object, x->parent);
		*cshim_thread() = saved;
	}
	free(x);
}
