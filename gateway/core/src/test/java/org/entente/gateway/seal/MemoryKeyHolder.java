package org.entente.gateway.seal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.RecipientKeyId;

/** Recipient keys in memory. */
public final class MemoryKeyHolder implements RecipientKeyHolder {
  private final Map<RecipientKeyId, Kept> keys = new ConcurrentHashMap<>();

  private record Kept(KeyValidity validity, SecretBytes seed) {}

  @Override
  public List<KeyValidity> held() {
    return keys.values().stream().map(Kept::validity).sorted().toList();
  }

  @Override
  public void keep(KeyValidity validity, XWingPrivateKey key) {
    keys.put(validity.id(), new Kept(validity, SecretBytes.takeOver(key.seed())));
  }

  @Override
  public Optional<XWingPrivateKey> find(RecipientKeyId id) {
    return Optional.ofNullable(keys.get(id))
        .map(kept -> XWingPrivateKey.fromSeed(kept.seed().reveal()));
  }

  @Override
  public void destroy(RecipientKeyId id) {
    Kept kept = keys.remove(id);
    if (kept != null) {
      kept.seed().close();
    }
  }
}
