package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.ledger.InboxBook;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * Opens received messages from their form at rest. Empty where the content was erased: its key is
 * gone.
 */
public interface Opening {
  /** The label alone, which is what filters need. */
  Optional<Label> label(InboxBook.Placed placed);

  /** The content. */
  Optional<Body> body(InboxBook.Placed placed);
}
