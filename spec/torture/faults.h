/* Allocations that are counted, and fail when told to. A domain is who allocates: a Lua state, or a
 * library that is loaded. */
#ifndef MM_SPEC_FAULTS_H
#define MM_SPEC_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct faults_domain {
    const char *name;
    long first, count; /* the attempt that fails first, and how many do; 0: none */
    long attempts, failed;
    long live; /* blocks that were not freed yet */
} faults_domain;

extern faults_domain faults_lua, faults_core, faults_libpq;

/* From now on attempt `first` fails, and `count` in a row; counting begins anew. */
void faults_start(faults_domain *domain, long first, long count);
void faults_pause(bool is_paused);
void faults_stop(void);

/* An allocator for lua_newstate, whose `unused` is the state's own. It never fails to shrink. */
void *faults_allocate(void *unused, void *old, size_t old_size, size_t size);

/* Has a loaded library allocate by way of its domain from now on; the number of functions that it
 * imports and that were replaced. Pauses of the core are over at once, then. */
int faults_watch(void *library, const faults_domain *domain);

#endif
