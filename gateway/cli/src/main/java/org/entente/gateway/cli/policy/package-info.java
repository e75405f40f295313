/** Commands for agreements, rules and code lists. */
@NullMarked
package org.entente.gateway.cli.policy;

import org.jspecify.annotations.NullMarked;
