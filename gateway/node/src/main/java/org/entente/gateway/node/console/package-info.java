/**
 * The console in the browser: pages on the admin port that show whether traffic can flow, and why
 * not. They change nothing and show no content of messages.
 */
@NullMarked
package org.entente.gateway.node.console;

import org.jspecify.annotations.NullMarked;
