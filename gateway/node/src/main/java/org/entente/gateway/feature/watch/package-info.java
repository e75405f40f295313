/**
 * Watch lists: standing queries of clients, matched against received messages after these are
 * committed. They play no part in reception or delivery; a hit shows nothing that the client could
 * not find.
 */
@NullMarked
package org.entente.gateway.feature.watch;

import org.jspecify.annotations.NullMarked;
