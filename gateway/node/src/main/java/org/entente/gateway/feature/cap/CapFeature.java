package org.entente.gateway.feature.cap;

import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.Registry;

/** CAP documents for clients. */
public final class CapFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    MessageOpening opening = registry.parts().opening();
    registry.offer(context -> new CapService(new CapConverter(opening)));
  }
}
