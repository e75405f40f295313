/**
 * Files of records and CAP documents as they are read and written, before any meaning is given to
 * them.
 */
@NullMarked
package org.entente.gateway.bridge.format;

import org.jspecify.annotations.NullMarked;
