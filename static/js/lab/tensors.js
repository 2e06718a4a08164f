// Numbers as Blomst keeps them: safetensors files, and features in 8 bits.

const KINDS = { U8: Uint8Array, I32: Int32Array, F32: Float32Array };

/**
 * The columns of a file by name. Columns of kinds that the lab has no use for are left out.
 * @param {ArrayBuffer} content @returns {Record<string, Uint8Array | Int32Array | Float32Array>}
 */
export function read(content) {
  const length = Number(new DataView(content).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 8, length)));
  const columns = {};
  for (const [name, { dtype, data_offsets: place }] of Object.entries(header)) {
    if (!(dtype in KINDS)) continue;
    const [from, to] = place.map((at) => at + 8 + length);
    columns[name] = new KINDS[dtype](content.slice(from, to));
  }
  return columns;
}

/** The features again: each photo's bytes times its scale. @param {Uint8Array} rows @param {Float32Array} scales */
export function restore(rows, scales) {
  const width = rows.length / scales.length;
  const features = new Float32Array(rows.length);
  scales.forEach((scale, photo) => {
    const end = (photo + 1) * width;
    for (let at = photo * width; at < end; at += 1) features[at] = rows[at] * scale;
  });
  return features;
}
