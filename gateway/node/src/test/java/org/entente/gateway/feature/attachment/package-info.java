/** Transfers of files of messages, one by one. */
@NullMarked
package org.entente.gateway.feature.attachment;

import org.jspecify.annotations.NullMarked;
