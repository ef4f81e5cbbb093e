/* Parameters by their table (rpe_parameter): for the sources of this folder. */
#ifndef RPE_PARAMETER_TABLE_H
#define RPE_PARAMETER_TABLE_H

#include "position/kernel.h"
#include "position/kernel_parameters.h"

/* Reads kernel->own, heads and features from the document by the type's table: all arrays, then raw maps, ranges and the
   type's check; then the family's gate. */
rpe_status rpe_parameter_table_read(rpe_kernel *kernel, const rpe_json *document, rpe_error *error);
/* Adds what was read, under the same keys; false without memory. */
bool rpe_parameter_table_write(const rpe_kernel *kernel, json_t *document);
/* The nested list [extent[0]]..[extent[rank-1]] of values, which move on; NULL without memory. */
json_t *rpe_parameter_list(size_t rank, const size_t *extent, const double **values);
/* Room for a parameter that the document left out and a check fills. */
rpe_status rpe_parameter_fill(rpe_kernel *kernel, size_t index, size_t rank, const size_t *extent,
                              rpe_error *error);
/* `PATH: "key": expected EXPECTED, found NUMBER` */
rpe_status rpe_parameters_error(const rpe_kernel *kernel, const char *key, const char *expected, double found,
                                rpe_error *error);

/* Terms of the product family: P_d of each feature, the gate included. */
void rpe_kernel_product_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                              const rpe_place *key, double *terms);
/* Smallest and largest difference of a query's and a key's position on an axis. */
void rpe_positions_lags(const rpe_positions *queries, const rpe_positions *keys, size_t axis, double *lowest,
                        double *highest);

#endif
