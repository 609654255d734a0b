import { useState } from 'react';

// Edit while the page is open: only what you changed is replaced, and the hour stays.
export default function App() {
  const [hour, setHour] = useState(6);
  const height = 2 + 1.5 * Math.sin((hour / 12.42) * 2 * Math.PI);

  return (
    <main>
      <h1>Tide at {hour}:00</h1>
      <label>
        Hour <input type="range" min="0" max="24" value={hour} onChange={(event) => setHour(Number(event.target.value))} />
      </label>
      <div className="sea" style={{ height: `${height * 3}rem` }}>
        {height.toFixed(1)} m
      </div>
    </main>
  );
}
