/* pvalue.cpp - upper tails of the distributions that the tests need. The one C++ file: it keeps
 * Boost.Math, and every exception, behind a C header. */
#include "study/pvalue.h"

#include <cmath>
#include <limits>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace
{
namespace policies = boost::math::policies;

/* Double throughout: long double is ten times slower and no surface shows its digits. Nothing
 * throws and nothing writes errno, whatever the argument. */
typedef policies::policy<
    policies::promote_double<false>, policies::domain_error<policies::ignore_error>,
    policies::pole_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>>
    quiet;

const double undefined = std::numeric_limits<double>::quiet_NaN();

bool is_freedom(double value)
{
    return value > 0.0 && std::isfinite(value);
}
} // namespace

extern "C" double pvalue_f(double x, double between, double within)
{
    if (!(x >= 0.0) || !is_freedom(between) || !is_freedom(within)) return undefined;
    if (std::isinf(x)) return 0.0;
    try {
        /* P(F > x) = I(w / (w + b x); w / 2, b / 2). Near x = 0 the complement keeps the digits. */
        const double product = between * x;
        if (product > within)
            return boost::math::ibeta(within / 2, between / 2, within / (within + product),
                                      quiet());
        return boost::math::ibetac(between / 2, within / 2, product / (within + product), quiet());
    } catch (...) {
        return undefined;
    }
}

extern "C" double pvalue_chi_squared(double x, double freedom)
{
    if (!(x >= 0.0) || !is_freedom(freedom)) return undefined;
    if (std::isinf(x)) return 0.0;
    try {
        return boost::math::gamma_q(freedom / 2, x / 2, quiet());
    } catch (...) {
        return undefined;
    }
}

extern "C" double pvalue_normal(double x)
{
    if (std::isnan(x)) return undefined;
    return 0.5 * std::erfc(x * 0.70710678118654752440);
}
