/* AVL trees in the node layout that acl and roles know (names of libldap's old
 * avl library, which these plug-ins import from the server). */
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

typedef struct avlnode {
	void *avl_data;
	signed char avl_bf; /* height of the right side minus that of the left: -1, 0, 1 */
	struct avlnode *avl_left, *avl_right;
} Avlnode;

typedef int (*avl_fn)(void *, void *);

int avl_insert(Avlnode **root, void *data, avl_fn fcmp, avl_fn fdup);
void *avl_delete(Avlnode **root, void *data, avl_fn fcmp);
void *avl_find(Avlnode *root, void *data, avl_fn fcmp);
int avl_apply(Avlnode *root, avl_fn fn, void *arg, int stopflag, int type);
int avl_free(Avlnode *root, int (*dfree)(void *));
int avl_dup_error(void);

#define AVL_PREORDER 1
#define AVL_INORDER 2
#define AVL_POSTORDER 3
#define AVL_NOMORE (-6)

_Static_assert(offsetof(Avlnode, avl_bf) == 8 && offsetof(Avlnode, avl_left) == 16 && sizeof(Avlnode) == 32, "Avlnode");

static Avlnode *rotate_left(Avlnode *n)
{
	Avlnode *r = n->avl_right;

	n->avl_right = r->avl_left;
	r->avl_left = n;
	return r;
}

static Avlnode *rotate_right(Avlnode *n)
{
	Avlnode *l = n->avl_left;

	n->avl_left = l->avl_right;
	l->avl_right = n;
	return l;
}

/* n->avl_bf is 2 or -2: one or two rotations; *shorter tells whether the height fell. */
static Avlnode *balance(Avlnode *n, int *shorter)
{
	Avlnode *c, *g;

	*shorter = 1;
	if (n->avl_bf > 0) {
		c = n->avl_right;
		if (c->avl_bf < 0) {
			g = c->avl_left;
			n->avl_right = rotate_right(c);
			rotate_left(n);
			n->avl_bf = g->avl_bf > 0 ? -1 : 0;
			c->avl_bf = g->avl_bf < 0 ? 1 : 0;
			g->avl_bf = 0;
			return g;
		}
		*shorter = c->avl_bf != 0;
		rotate_left(n);
	} else {
		c = n->avl_left;
		if (c->avl_bf > 0) {
			g = c->avl_right;
			n->avl_left = rotate_left(c);
			rotate_right(n);
			n->avl_bf = g->avl_bf < 0 ? 1 : 0;
			c->avl_bf = g->avl_bf > 0 ? -1 : 0;
			g->avl_bf = 0;
			return g;
		}
		*shorter = c->avl_bf != 0;
		rotate_right(n);
	}
	if (*shorter) {
		n->avl_bf = c->avl_bf = 0;
	} else {
		n->avl_bf = n->avl_bf > 0 ? 1 : -1;
		c->avl_bf = (signed char)-n->avl_bf;
	}
	return c;
}

static int insert(Avlnode **at, void *data, avl_fn fcmp, avl_fn fdup, int *taller)
{
	Avlnode *n = *at;
	int cmp, rc, up = 0, shorter;

	if (n == NULL) {
		n = cshim_calloc(1, sizeof *n);
		n->avl_data = data;
		*at = n;
		*taller = 1;
		return 0;
	}
	cmp = fcmp(data, n->avl_data);
	if (cmp == 0)
		return fdup ? fdup(n->avl_data, data) : -1;
	rc = insert(cmp > 0 ? &n->avl_right : &n->avl_left, data, fcmp, fdup, &up);
	if (up) {
		n->avl_bf += cmp > 0 ? 1 : -1;
		if (n->avl_bf == 2 || n->avl_bf == -2)
			*at = balance(n, &shorter);
		else
			*taller = n->avl_bf != 0;
	}
	return rc;
}

int avl_insert(Avlnode **root, void *data, avl_fn fcmp, avl_fn fdup)
{
	int taller = 0;

	return root && fcmp ? insert(root, data, fcmp, fdup, &taller) : -1;
}

/* One side of *at became lower: right 1, left -1. */
static void lowered(Avlnode **at, int side, int *shorter)
{
	Avlnode *n = *at;

	n->avl_bf -= (signed char)side;
	if (n->avl_bf == 2 || n->avl_bf == -2)
		*at = balance(n, shorter);
	else
		*shorter = n->avl_bf == 0;
}

/* Takes the leftmost node out. */
static Avlnode *take_first(Avlnode **at, int *shorter)
{
	Avlnode *n = *at, *first;
	int down = 0;

	if (n->avl_left == NULL) {
		*at = n->avl_right;
		*shorter = 1;
		return n;
	}
	first = take_first(&n->avl_left, &down);
	if (down)
		lowered(at, -1, shorter);
	return first;
}

static void *delete(Avlnode **at, void *data, avl_fn fcmp, int *shorter)
{
	Avlnode *n = *at, *next;
	int cmp, down = 0;
	void *found;

	if (n == NULL)
		return NULL;
	cmp = fcmp(data, n->avl_data);
	if (cmp != 0) {
		found = delete(cmp > 0 ? &n->avl_right : &n->avl_left, data, fcmp, &down);
		if (down)
			lowered(at, cmp > 0 ? 1 : -1, shorter);
		return found;
	}
	found = n->avl_data;
	if (n->avl_left == NULL || n->avl_right == NULL) {
		*at = n->avl_left ? n->avl_left : n->avl_right;
		*shorter = 1;
		free(n);
		return found;
	}
	next = take_first(&n->avl_right, &down);
	n->avl_data = next->avl_data;
	free(next);
	if (down)
		lowered(at, 1, shorter);
	return found;
}

void *avl_delete(Avlnode **root, void *data, avl_fn fcmp)
{
	int shorter = 0;

	return root && fcmp ? delete(root, data, fcmp, &shorter) : NULL;
}

void *avl_find(Avlnode *root, void *data, avl_fn fcmp)
{
	while (root && fcmp) {
		int cmp = fcmp(data, root->avl_data);
		if (cmp == 0)
			return root->avl_data;
		root = cmp > 0 ? root->avl_right : root->avl_left;
	}
	return NULL;
}

/* AVL_NOMORE when every node was seen, stopflag when fn answered it. */
int avl_apply(Avlnode *root, avl_fn fn, void *arg, int stopflag, int type)
{
	if (root == NULL || fn == NULL)
		return AVL_NOMORE;
	if (type == AVL_PREORDER && fn(root->avl_data, arg) == stopflag)
		return stopflag;
	if (root->avl_left && avl_apply(root->avl_left, fn, arg, stopflag, type) == stopflag)
		return stopflag;
	if (type == AVL_INORDER && fn(root->avl_data, arg) == stopflag)
		return stopflag;
	if (root->avl_right && avl_apply(root->avl_right, fn, arg, stopflag, type) == stopflag)
		return stopflag;
	if (type == AVL_POSTORDER && fn(root->avl_data, arg) == stopflag)
		return stopflag;
	return AVL_NOMORE;
}

int avl_free(Avlnode *root, int (*dfree)(void *))
{
	int n;

	if (root == NULL)
		return 0;
	n = avl_free(root->avl_left, dfree) + avl_free(root->avl_right, dfree);
	if (dfree)
		dfree(root->avl_data);
	free(root);
	return n + 1;
}

int avl_dup_error(void)
{
	return -1;
}
