/** What is found of received messages, by whom, and what is not found any more. */
@NullMarked
package org.entente.gateway.feature.search;

import org.jspecify.annotations.NullMarked;
