/* Prints version and first method, and attends to one position: the output is the value. */
#include <rpebench.h>
#include <stdio.h>

int main(void)
{
    const double query[] = {1.0, 2.0}, value[] = {3.0};
    double output[1] = {0.0};
    const rpebench_problem problem = {.struct_size = sizeof problem,
                                      .heads = 1,
                                      .features = 2,
                                      .value_features = 1,
                                      .queries = {1},
                                      .keys = {1}};
    if (rpebench_attend("explicit", NULL, &problem, query, query, value, output) != RPEBENCH_OK) {
        fprintf(stderr, "%s\n", rpebench_error_text());
        return 1;
    }
    printf("%s %s %g\n", rpebench_version(), rpebench_method_name(0), output[0]);
    return output[0] > 2.999 && output[0] < 3.001 ? 0 : 1;
}
