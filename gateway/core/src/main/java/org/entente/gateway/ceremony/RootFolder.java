package org.entente.gateway.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;

/**
 * Folder of one root, on its holder's medium: the pair in a keystore under a passphrase, and the
 * public half in {@code root.pub}.
 *
 * <p>Keep the keystore's files together; a copy of the folder is a backup.
 */
public final class RootFolder {
  /** Name of the public file. */
  public static final String PUBLIC = "root.pub";

  private static final String KEYSTORE = "keystore";

  private RootFolder() {}

  /**
   * Makes a root's pair.
   *
   * @param folder empty or not existing
   * @param passphrase closed by the caller
   * @return the public half, also in the folder
   * @throws CeremonyProblem if the folder is not empty or cannot be written
   */
  public static RootKey make(
      Path folder,
      NoteKeyName name,
      SecretBytes passphrase,
      InstantSource clock,
      SecureRandom random) {
    try {
      PrivateFiles.emptyFolder(folder);
    } catch (FileAlreadyExistsException e) {
      throw new CeremonyProblem(folder + " is not empty; a root needs its own empty folder", e);
    } catch (IOException e) {
      throw new CeremonyProblem(folder + " cannot be written: " + FileErrorText.words(e), e);
    }
    SigningPair pair = SigningPair.generate(random);
    try (Keystore keystore = Keystore.open(folder.resolve(KEYSTORE), passphrase, clock, random);
        KeyEntry entry =
            new KeyEntry(
                KeyKind.ROOT_PAIR,
                name.value(),
                clock.instant(),
                KeyEntry.NEVER,
                SecretBytes.takeOver(pair.seeds()))) {
      keystore.put(entry);
    } catch (KeystoreFailure | IllegalArgumentException e) {
      throw new CeremonyProblem("the root's keystore cannot be made: " + e.getMessage(), e);
    }
    RootKey key = RootKey.of(name, pair);
    CeremonyFiles.write(folder.resolve(PUBLIC), key.print().getBytes(StandardCharsets.UTF_8));
    return key;
  }

  /**
   * Signs a draft with the root in a folder.
   *
   * @param previous the roots that sign this version
   * @param passphrase closed by the caller
   * @throws CeremonyProblem if the folder holds no root, or not one of the draft's
   */
  public static SignedDraft sign(
      BundleDraft draft,
      RootSet previous,
      Path folder,
      SecretBytes passphrase,
      InstantSource clock,
      SecureRandom random) {
    if (!Files.isDirectory(folder.resolve(KEYSTORE))) {
      throw new CeremonyProblem("no root found in " + folder);
    }
    try (Keystore keystore = Keystore.open(folder.resolve(KEYSTORE), passphrase, clock, random)) {
      List<KeyEntry> roots = keystore.list(KeyKind.ROOT_PAIR);
      if (roots.size() != 1) {
        throw new CeremonyProblem(folder + " holds " + roots.size() + " roots; expected one");
      }
      try (KeyEntry entry = roots.get(0)) {
        NoteKeyName name = new NoteKeyName(entry.id());
        SigningPair pair = entry.secret().use(SigningPair::fromSeeds);
        return new SignedDraft(name, draft.signedBy(previous, name, pair));
      }
    } catch (KeystoreFailure | IllegalArgumentException e) {
      throw new CeremonyProblem(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A draft after one more root signed it.
   *
   * @param root the root that signed
   * @param draft the draft with its signatures
   */
  public record SignedDraft(NoteKeyName root, BundleDraft draft) {}
}
