package org.entente.gateway.feature.attachment;

import java.io.IOException;
import java.util.List;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.gateway.store.FileMirror;

/**
 * A sealed file which this machine changes only while no later leader of its cluster does.
 *
 * @param mirror asks whether it may
 */
record MirroredFile(SealedFile file, FileMirror mirror) {
  /**
   * Writes a segment.
   *
   * @param sync whether it is durable on return
   * @throws IOException if another machine leads, or the disk may not be mounted; nothing is
   *     changed
   */
  void write(int segment, byte[] sealed, boolean sync) throws IOException {
    change(() -> file.write(segment, List.of(sealed), sync));
  }

  /**
   * See {@link SealedFile#mend}.
   *
   * @throws IOException as for {@link #write}
   */
  void mend(AttachmentSeal seal, int unsynced) throws IOException {
    change(() -> file.mend(seal, unsynced));
  }

  /**
   * Empties it.
   *
   * @throws IOException as for {@link #write}
   */
  void empty() throws IOException {
    change(() -> file.cut(0));
  }

  private void change(Runnable change) throws IOException {
    mirror.change(String.valueOf(file.path().getFileName()), change);
  }
}
