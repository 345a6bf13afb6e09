#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

faults_domain faults_lua = {.name = "lua"}, faults_core = {.name = "core"},
              faults_libpq = {.name = "libpq"};
static bool is_off;

void faults_start(faults_domain *domain, long first, long count)
{
    domain->first = first;
    domain->count = count;
    domain->attempts = domain->failed = 0;
}

void faults_pause(bool is_paused)
{
    is_off = is_paused;
}

void faults_stop(void)
{
    faults_lua.first = faults_core.first = faults_libpq.first = 0;
}

static bool is_failing(faults_domain *domain)
{
    if (is_off)
        return false;
    domain->attempts++;
    if (!domain->first || domain->attempts < domain->first ||
        domain->attempts - domain->first >= domain->count)
        return false;
    domain->failed++;
    errno = ENOMEM;
    return true;
}

static void *counted(faults_domain *domain, void *block)
{
    domain->live += block != NULL;
    return block;
}

static void release(faults_domain *domain, void *block)
{
    domain->live -= block != NULL;
    free(block);
}

static void *resize(faults_domain *domain, void *old, size_t size)
{
    void *block = realloc(old, size);

    return old ? block : counted(domain, block);
}

void *faults_allocate(void *unused, void *old, size_t old_size, size_t size)
{
    (void)unused;
    if (size == 0) {
        release(&faults_lua, old);
        return NULL;
    }
    if ((!old || size > old_size) && is_failing(&faults_lua))
        return NULL;
    return resize(&faults_lua, old, size);
}

/* What a library calls in place of the C library: it cannot tell them whose they are. */
#define DEFINE_HOOKS(owner)                                                                        \
    static void *owner##_malloc(size_t size)                                                       \
    {                                                                                              \
        return is_failing(&faults_##owner) ? NULL : counted(&faults_##owner, malloc(size));        \
    }                                                                                              \
    static void *owner##_calloc(size_t count, size_t size)                                         \
    {                                                                                              \
        return is_failing(&faults_##owner) ? NULL : counted(&faults_##owner, calloc(count, size)); \
    }                                                                                              \
    static void *owner##_realloc(void *old, size_t size)                                           \
    {                                                                                              \
        return is_failing(&faults_##owner) ? NULL : resize(&faults_##owner, old, size);            \
    }                                                                                              \
    static char *owner##_strdup(const char *text)                                                  \
    {                                                                                              \
        return is_failing(&faults_##owner) ? NULL : counted(&faults_##owner, strdup(text));        \
    }                                                                                              \
    static void owner##_free(void *block)                                                          \
    {                                                                                              \
        release(&faults_##owner, block);                                                           \
    }

DEFINE_HOOKS(core)
DEFINE_HOOKS(libpq)

/* Counts the text, which core_free gets. */
static FILE *core_open_memstream(char **text, size_t *length)
{
    return is_failing(&faults_core) ? NULL : counted(&faults_core, open_memstream(text, length));
}

static int no_sleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    return 0;
}

/* No pointer to a function becomes a pointer to an object in C, but in a symbol table it is. */
#define HOOK(owner, function)                                                                      \
    {                                                                                              \
        &faults_##owner, #function, (uintptr_t)owner##_##function                                  \
    }

static const struct hook {
    const faults_domain *domain;
    const char *name;
    uintptr_t address;
} hooks[] = {
    HOOK(core, malloc),
    HOOK(core, calloc),
    HOOK(core, realloc),
    HOOK(core, strdup),
    HOOK(core, free),
    HOOK(core, open_memstream),
    {&faults_core, "nanosleep", (uintptr_t)no_sleep},
    HOOK(libpq, malloc),
    HOOK(libpq, calloc),
    HOOK(libpq, realloc),
    HOOK(libpq, strdup),
    HOOK(libpq, free),
};

static uintptr_t find_hook(const faults_domain *domain, const char *name)
{
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++)
        if (hooks[i].domain == domain && !strcmp(hooks[i].name, name))
            return hooks[i].address;
    return 0;
}

/* After `-z relro` it is read-only. */
static void overwrite(uintptr_t *entry, uintptr_t value)
{
    uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)entry / page_bytes * page_bytes);

    if (mprotect(page, page_bytes, PROT_READ | PROT_WRITE))
        abort();
    *entry = value;
}

static ElfW(Xword) find_entry(const struct link_map *map, ElfW(Sxword) tag)
{
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == tag)
            return entry->d_un.d_val;
    return 0;
}

/* What the loader filled in for the symbols that the library imports. */
static int replace(const struct link_map *map, ElfW(Sxword) table, ElfW(Sxword) size,
                   const faults_domain *domain)
{
    const ElfW(Rela) *relocations = (const ElfW(Rela) *)find_entry(map, table);
    const ElfW(Sym) *symbols = (const ElfW(Sym) *)find_entry(map, DT_SYMTAB);
    const char *names = (const char *)find_entry(map, DT_STRTAB);
    size_t count = find_entry(map, size) / sizeof *relocations;
    int replaced = 0;

    for (size_t i = 0; i < count; i++) {
        const ElfW(Sym) *symbol = &symbols[ELF64_R_SYM(relocations[i].r_info)];
        uintptr_t hook = find_hook(domain, names + symbol->st_name);
        if (!hook || symbol->st_shndx != SHN_UNDEF)
            continue;
        overwrite((uintptr_t *)(map->l_addr + relocations[i].r_offset), hook);
        replaced++;
    }
    return replaced;
}

int faults_watch(void *library, const faults_domain *domain)
{
    struct link_map *map = NULL;

    if (dlinfo(library, RTLD_DI_LINKMAP, &map))
        return 0;
    return replace(map, DT_JMPREL, DT_PLTRELSZ, domain) + replace(map, DT_RELA, DT_RELASZ, domain);
}
