/** Reads and writes files of records and CAP documents, without interpreting them. */
@NullMarked
package org.entente.gateway.bridge.format;

import org.jspecify.annotations.NullMarked;
