/**
 * What features and the rest of the gateway agree on. A feature is something that an agency could
 * do without; it registers its services, hooks, periodic tasks and warnings, and nothing on a
 * message's path names it.
 */
@NullMarked
package org.entente.gateway.feature;

import org.jspecify.annotations.NullMarked;
