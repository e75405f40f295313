/**
 * Attachments: files that belong to messages. A client uploads a file, which lies sealed in a
 * folder beside the ledger; a message names it and carries its key, sealed; a recipient's gateway
 * fetches the sealed file from its neighbour when a person there opens it.
 */
@NullMarked
package org.entente.gateway.feature.attachment;

import org.jspecify.annotations.NullMarked;
