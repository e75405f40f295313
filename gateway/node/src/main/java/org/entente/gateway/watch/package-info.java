/**
 * Watch lists: standing queries of clients, held against what was received after it is committed.
 * Never part of reception or delivery; a hit shows nothing that the client could not find.
 */
@NullMarked
package org.entente.gateway.watch;

import org.jspecify.annotations.NullMarked;
