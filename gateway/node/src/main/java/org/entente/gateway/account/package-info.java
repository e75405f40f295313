/**
 * What each caller of this gateway uses of it: one account for each agency and for each client.
 *
 * <p>{@link org.entente.gateway.account.Account} counts and limits; {@link
 * org.entente.gateway.account.Accounts} has the limits and the totals.
 */
@NullMarked
package org.entente.gateway.account;

import org.jspecify.annotations.NullMarked;
